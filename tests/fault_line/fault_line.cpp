// SPDX-License-Identifier: Apache-2.0
// The listening side of the line and the door between its thread and the others. See
// fault_line.hpp.
#include "tests/fault_line/fault_line.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tests/fault_line/line_connection.hpp"
#include "tests/fault_line/line_state.hpp"
#include "tests/fault_line/portal_answer.hpp"

namespace daybook {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kConnectionsMax = 1024;
// After a failed accept (out of descriptors, mostly) wait a little: retrying at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{50};

}  // namespace

struct FaultLine::Parts {
  LineState line;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  // Bound but never listening: it keeps the port ours while there is no signal, and a connect to it
  // is refused.
  tcp::acceptor port_holder{io};
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_pause{io};
  tcp::endpoint listen_on;
  std::map<std::uint64_t, std::shared_ptr<LineConnection>> open_connections;
  std::uint64_t ordinal_next = 0;
  std::thread thread;

  bool bind_port(const LineOptions& options, std::string& why);
  bool listen(boost::system::error_code& error);
  void accept_next();
  void welcome(tcp::socket client);
  bool obey(const LineFaults& faults);
  void drop_all();

  // Runs `work_item` on the thread of the line and waits for its answer.
  template <typename Work>
  auto ask(Work work_item) {
    // Shared, because the asking thread may wake and leave before the other has stepped out of the
    // task.
    auto task = std::make_shared<std::packaged_task<decltype(work_item())()>>(std::move(work_item));
    auto answer = task->get_future();
    asio::post(io, [task] { (*task)(); });
    return answer.get();
  }
};

bool FaultLine::Parts::bind_port(const LineOptions& options, std::string& why) {
  boost::system::error_code error;
  const auto listen_address = asio::ip::make_address(options.listen_host, error);
  if (error) {
    why = "listen_host: not an address: " + options.listen_host;
    return false;
  }
  const auto to_address =
      asio::ip::make_address(options.to_host == "localhost" ? "127.0.0.1" : options.to_host, error);
  if (error) {
    why = "to_host: not an address: " + options.to_host;
    return false;
  }
  line.target = tcp::endpoint(to_address, options.to_port);
  listen_on = tcp::endpoint(listen_address, options.listen_port);
  port_holder.open(listen_on.protocol(), error);
  if (!error) {
    port_holder.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    port_holder.bind(listen_on, error);
  }
  if (!error) {
    listen_on = port_holder.local_endpoint(error);
  }
  if (error) {
    why = "listen_port: " + error.message();
    return false;
  }
  return true;
}

bool FaultLine::Parts::listen(boost::system::error_code& error) {
  acceptor.open(listen_on.protocol(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.bind(listen_on, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    return false;
  }
  accept_next();
  return true;
}

void FaultLine::Parts::accept_next() {
  acceptor.async_accept([this](boost::system::error_code error, tcp::socket client) {
    if (error == asio::error::operation_aborted || !acceptor.is_open()) {
      return;
    }
    if (error) {
      accept_pause.expires_after(kAcceptPause);
      accept_pause.async_wait([this](boost::system::error_code stopped) {
        if (!stopped && acceptor.is_open()) {
          accept_next();
        }
      });
      return;
    }
    welcome(std::move(client));
    accept_next();
  });
}

void FaultLine::Parts::welcome(tcp::socket client) {
  line.count(&LineCounters::connections);
  if (open_connections.size() >= kConnectionsMax) {
    line.count(&LineCounters::turned_away);
    boost::system::error_code ignored;
    client.set_option(asio::socket_base::linger(true, 0), ignored);
    client.close(ignored);
    return;
  }
  if (line.faults.mode == LineMode::portal) {
    std::make_shared<PortalAnswer>(line, std::move(client))->start();
    return;
  }
  const std::uint64_t ordinal = ordinal_next++;
  auto connection = std::make_shared<LineConnection>(line, std::move(client), ordinal);
  open_connections.emplace(ordinal, connection);
  connection->start();
}

bool FaultLine::Parts::obey(const LineFaults& faults) {
  line.faults = faults;
  boost::system::error_code error;
  if (faults.mode == LineMode::no_signal) {
    acceptor.close(error);
    accept_pause.cancel();
  } else if (!acceptor.is_open() && !listen(error)) {
    return false;
  }
  if (faults.mode == LineMode::no_signal || faults.mode == LineMode::portal) {
    drop_all();
    return true;
  }
  const auto connections =
      open_connections;  // a copy, because a connection that ends leaves the map
  for (const auto& [ordinal, connection] : connections) {
    connection->obey_faults();
  }
  return true;
}

void FaultLine::Parts::drop_all() {
  const auto connections = open_connections;
  for (const auto& [ordinal, connection] : connections) {
    connection->drop();
  }
}

std::unique_ptr<FaultLine> FaultLine::open(const LineOptions& options, std::string& why) {
  auto parts = std::make_unique<Parts>();
  parts->line.seed = options.seed;
  parts->line.portal_page = options.portal_page;
  Parts* const raw = parts.get();
  parts->line.forget = [raw](std::uint64_t ordinal) { raw->open_connections.erase(ordinal); };
  if (!parts->bind_port(options, why)) {
    return nullptr;
  }
  if (!parts->obey(options.faults)) {
    why = "listen_port: cannot listen on it";
    return nullptr;
  }
  parts->thread = std::thread([raw] { raw->io.run(); });
  return std::unique_ptr<FaultLine>(new FaultLine(std::move(parts)));
}

FaultLine::FaultLine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

FaultLine::~FaultLine() {
  Parts& parts = *parts_;
  parts.ask([&parts] {
    boost::system::error_code ignored;
    parts.acceptor.close(ignored);
    parts.drop_all();
  });
  parts.io.stop();
  parts.thread.join();
}

std::uint16_t FaultLine::port() const { return parts_->listen_on.port(); }

bool FaultLine::apply(const LineFaults& faults) {
  Parts& parts = *parts_;
  return parts.ask([&parts, &faults] { return parts.obey(faults); });
}

LineFaults FaultLine::faults() const {
  Parts& parts = *parts_;
  return parts.ask([&parts] { return parts.line.faults; });
}

LineCounters FaultLine::counters() const {
  const std::lock_guard<std::mutex> hold(parts_->line.counters_lock);
  return parts_->line.counters;
}

void FaultLine::drop_connections() {
  Parts& parts = *parts_;
  parts.ask([&parts] { parts.drop_all(); });
}

}  // namespace daybook
