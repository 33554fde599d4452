// SPDX-License-Identifier: Apache-2.0
// See client.hpp.
#include "client.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <utility>

namespace floor_peer {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

Client::Client(int port) : port_(port) { connect(); }

void Client::connect() {
  constexpr int kTriesMax = 3000;
  for (int turn = 0;; ++turn) {
    beast::error_code error;
    stream_.socket().close(error);
    stream_.connect({asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port_)},
                    error);
    if (!error) {
      break;
    }
    if (turn > kTriesMax) {
      die("cannot connect: " + error.message());
    }
    usleep(2000);
  }
  stream_.socket().set_option(tcp::no_delay(true));
  buffer_.clear();
  ok_ = true;
}

std::string Client::get(const std::string& target, bool packed) {
  std::string body = send(http::verb::get, target, "", packed);
  return packed ? decompress(body) : body;
}

std::string Client::send(http::verb verb, const std::string& target, std::string body, bool packed,
                         bool may_break) {
  http::request<http::string_body> request{verb, target, 11};
  request.set(http::field::host, "127.0.0.1");
  if (packed) {
    request.set("X-Z", "1");
  }
  if (verb != http::verb::get) {
    request.body() = std::move(body);
    request.prepare_payload();
  }
  beast::error_code error;
  http::write(stream_, request, error);
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::uint64_t{1} << 30U);
  if (!error) {
    http::read(stream_, buffer_, parser, error);
  }
  ok_ = !error;
  if (!ok_ && !may_break) {
    die("connection: " + error.message());
  }
  return ok_ ? parser.get().body() : std::string();
}

Section::Section(const char* scenario, std::string variant, Client& client)
    : scenario_(scenario),
      variant_(std::move(variant)),
      client_(client),
      before_(read_meter(client)),
      began_s_(now_s()),
      began_cpu_s_(cpu_s()) {}

Section::Meter Section::read_meter(Client& client) {
  const json::value read = json::parse(client.get("/stats"));
  return {read.at("in").to_number<double>(), read.at("out").to_number<double>(),
          read.at("reqs").to_number<double>(), read.at("cpu").to_number<double>(),
          read.at("rss_mb").to_number<double>()};
}

void Section::finish(double records, const std::string& extra) {
  const double wall = seconds();
  const double cpu = cpu_s() - began_cpu_s_;
  const Meter after = read_meter(client_);
  // The second reading of the meter is itself one request of 60 bytes and an answer to the first of
  // about 120.
  std::printf(
      "{\"peer\":\"floor-ops\",\"s\":\"%s\",\"variant\":\"%s\",\"wall_s\":%.4f,\"records_s\":%.0f,"
      "\"wire_up\":%.0f,\"wire_down\":%.0f,\"reqs\":%.0f,\"cpu_client_s\":%.3f,\"cpu_server_s\":%."
      "3f,"
      "\"rss_client_mb\":%.1f,\"rss_server_mb\":%.1f%s}\n",
      scenario_, variant_.c_str(), wall, records / wall, after.in - before_.in - 60,
      after.out - before_.out - 120, after.requests - before_.requests - 1, cpu,
      after.cpu - before_.cpu, peak_memory_mb(), after.memory, extra.c_str());
  std::fflush(stdout);
}

void upload(sqlite3* database, Client& client, const UploadOptions& options) {
  sqlite3_stmt* units = prepare(database, "SELECT seq,unit FROM outbox ORDER BY seq");
  std::string batch;
  const auto flush = [&] {
    if (!batch.empty()) {
      client.send(http::verb::post, "/push?dev=" + options.device,
                  options.packed ? compress(batch) : std::move(batch), options.packed,
                  options.may_break);
      batch.clear();
    }
  };
  while (client.ok() && sqlite3_step(units) == SQLITE_ROW) {
    append_frame(batch, static_cast<std::uint64_t>(sqlite3_column_int64(units, 0)),
                 sqlite3_column_blob(units, 1),
                 static_cast<std::size_t>(sqlite3_column_bytes(units, 1)));
    if (batch.size() >= options.batch_bytes_max) {
      flush();
    }
  }
  if (client.ok()) {
    flush();
  }
  sqlite3_finalize(units);
}

std::uint64_t bootstrap(Client& client, sqlite3* first, sqlite3* second) {
  std::uint64_t since = 0;
  for (;;) {
    const std::string batch = client.get("/pull?dev=x&max=4000000&since=" + std::to_string(since));
    if (batch.empty()) {
      return since;
    }
    if (second != nullptr) {
      apply_batch(second, batch, since);
    }
    since = apply_batch(first, batch, since);
  }
}

}  // namespace floor_peer
