// SPDX-License-Identifier: Apache-2.0
// POST /push?dev=, GET /pull?dev=&since=&max=[&wait=1], PUT /blob/ID, GET /stats, GET /ping. A push
// is one durable commit; a unit whose sequence the device has pushed before is skipped. A pull with
// wait=1 is answered by the next push.
#include "server.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "rows.hpp"

namespace floor_peer {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::size_t kPageBytes = std::size_t{1} << 20U;
constexpr std::uint64_t kBodyBytesMax = std::uint64_t{1} << 30U;

std::string find_argument(std::string_view target, std::string_view name) {
  const std::string key = std::string(name) + "=";
  const std::size_t at = target.find(key);
  if (at == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = target.substr(at + key.size());
  return std::string(rest.substr(0, rest.find('&')));
}

class Book {
 public:
  Book(const std::string& path, const std::string& synchronous)
      : database_(open_database(path, synchronous)),
        writer_(database_),
        find_last_(prepare(database_, "SELECT last FROM devs WHERE dev=?")),
        keep_last_(prepare(
            database_,
            "INSERT INTO devs VALUES(?,?) ON CONFLICT(dev) DO UPDATE SET last=excluded.last")),
        keep_unit_(prepare(database_, "INSERT INTO log(dev,seq,unit) VALUES(?,?,?)")),
        find_units_(
            prepare(database_, "SELECT id,unit FROM log WHERE id>? AND dev<>? ORDER BY id")),
        keep_blob_(prepare(database_, "INSERT OR IGNORE INTO blobs VALUES(?,?)")) {}

  std::uint64_t push(const std::string& device, const std::string& batch) {
    execute(database_, "BEGIN IMMEDIATE");
    std::uint64_t last = load_last(device);
    Frame frame{};
    for (std::size_t at = 0; read_frame(batch, at, frame);) {
      if (frame.sequence <= last) {
        continue;
      }
      json::monotonic_resource memory;
      const json::value parsed = json::parse({frame.text.data(), frame.text.size()}, &memory);
      for (const Operation& operation : parse_operations(parsed.as_array()).operations) {
        writer_.write(operation);
      }
      bind(keep_unit_, 1, device);
      sqlite3_bind_int64(keep_unit_, 2, static_cast<sqlite3_int64>(frame.sequence));
      sqlite3_bind_blob(keep_unit_, 3, frame.text.data(), static_cast<int>(frame.text.size()),
                        SQLITE_STATIC);
      sqlite3_step(keep_unit_);
      sqlite3_reset(keep_unit_);
      last = frame.sequence;
    }
    bind(keep_last_, 1, device);
    sqlite3_bind_int64(keep_last_, 2, static_cast<sqlite3_int64>(last));
    sqlite3_step(keep_last_);
    sqlite3_reset(keep_last_);
    execute(database_, "COMMIT");
    return last;
  }

  std::string pull(std::uint64_t since, const std::string& device, std::size_t bytes_max) {
    std::string batch;
    sqlite3_bind_int64(find_units_, 1, static_cast<sqlite3_int64>(since));
    bind(find_units_, 2, device);
    while (batch.size() < bytes_max && sqlite3_step(find_units_) == SQLITE_ROW) {
      append_frame(batch, static_cast<std::uint64_t>(sqlite3_column_int64(find_units_, 0)),
                   sqlite3_column_blob(find_units_, 1),
                   static_cast<std::size_t>(sqlite3_column_bytes(find_units_, 1)));
    }
    sqlite3_reset(find_units_);
    return batch;
  }

  void keep_blob(const std::string& id, const std::string& bytes) {
    execute(database_, "BEGIN IMMEDIATE");
    bind(keep_blob_, 1, id);
    sqlite3_bind_blob(keep_blob_, 2, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    sqlite3_step(keep_blob_);
    sqlite3_reset(keep_blob_);
    execute(database_, "COMMIT");
  }

 private:
  static void bind(sqlite3_stmt* statement, int place, const std::string& text) {
    sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

  std::uint64_t load_last(const std::string& device) {
    bind(find_last_, 1, device);
    std::uint64_t last = 0;
    if (sqlite3_step(find_last_) == SQLITE_ROW) {
      last = static_cast<std::uint64_t>(sqlite3_column_int64(find_last_, 0));
    }
    sqlite3_reset(find_last_);
    return last;
  }

  sqlite3* database_;
  Writer writer_;
  sqlite3_stmt* find_last_;
  sqlite3_stmt* keep_last_;
  sqlite3_stmt* keep_unit_;
  sqlite3_stmt* find_units_;
  sqlite3_stmt* keep_blob_;
};

class Talk;

struct Office {
  Book book;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t requests = 0;
  std::vector<std::shared_ptr<Talk>> waiting{};  // pulls that a push will answer
};

class Talk : public std::enable_shared_from_this<Talk> {
 public:
  Talk(Office& office, tcp::socket socket) : office_(office), stream_(std::move(socket)) {
    stream_.socket().set_option(tcp::no_delay(true));
  }

  void read() {
    parser_ = std::make_unique<http::request_parser<http::string_body>>();
    parser_->body_limit(kBodyBytesMax);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t count) {
                       if (error) {
                         return;
                       }
                       self->office_.bytes_in += count;
                       self->office_.requests++;
                       self->answer();
                     });
  }

 private:
  void reply(std::string body, unsigned status = 200) {
    response_ = {};
    response_.version(11);
    response_.result(status);
    response_.keep_alive(true);
    response_.body() = std::move(body);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t count) {
                        self->office_.bytes_out += count;
                        if (!error) {
                          self->read();
                        }
                      });
  }

  void answer() {
    const auto& request = parser_->get();
    const std::string target(request.target());
    if (target == "/ping") {
      reply("ok");
    } else if (target.rfind("/push", 0) == 0) {
      answer_push(target);
    } else if (target.rfind("/pull", 0) == 0) {
      answer_pull(target);
    } else if (target.rfind("/blob/", 0) == 0) {
      office_.book.keep_blob(target.substr(6), request.body());
      reply("ok");
    } else if (target == "/stats") {
      char text[300];
      std::snprintf(text, sizeof text,
                    "{\"in\":%llu,\"out\":%llu,\"reqs\":%llu,\"cpu\":%.4f,\"rss_mb\":%.1f}",
                    static_cast<unsigned long long>(office_.bytes_in),
                    static_cast<unsigned long long>(office_.bytes_out),
                    static_cast<unsigned long long>(office_.requests), cpu_s(), peak_memory_mb());
      reply(text);
    } else {
      reply("?", 404);
    }
  }

  void answer_push(const std::string& target) {
    const auto& request = parser_->get();
    const std::string device = find_argument(target, "dev");
    const bool packed = request.count("X-Z") > 0;
    reply(std::to_string(
        office_.book.push(device, packed ? decompress(request.body()) : request.body())));
    const auto waiting = std::exchange(office_.waiting, {});
    for (const auto& talk : waiting) {
      std::string batch =
          office_.book.pull(talk->waits_since_, talk->waits_device_, 4 * kPageBytes);
      if (batch.empty()) {
        office_.waiting.push_back(talk);
      } else {
        talk->reply(std::move(batch));
      }
    }
  }

  void answer_pull(const std::string& target) {
    const std::uint64_t since = std::strtoull(find_argument(target, "since").c_str(), nullptr, 10);
    const std::string device = find_argument(target, "dev");
    const std::string most = find_argument(target, "max");
    std::string batch = office_.book.pull(
        since, device, most.empty() ? kPageBytes : std::strtoull(most.c_str(), nullptr, 10));
    if (batch.empty() && find_argument(target, "wait") == "1") {
      waits_since_ = since;
      waits_device_ = device;
      office_.waiting.push_back(shared_from_this());
      return;
    }
    reply(parser_->get().count("X-Z") > 0 ? compress(batch) : std::move(batch));
  }

  Office& office_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::unique_ptr<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::uint64_t waits_since_ = 0;
  std::string waits_device_;
};

void accept_next(tcp::acceptor& acceptor, Office& office) {
  acceptor.async_accept([&acceptor, &office](beast::error_code error, tcp::socket socket) {
    if (!error) {
      std::make_shared<Talk>(office, std::move(socket))->read();
    }
    accept_next(acceptor, office);
  });
}

}  // namespace

void serve(int port, const std::string& database_path, const std::string& synchronous) {
  asio::io_context io{1};
  Office office{Book(database_path, synchronous)};
  const tcp::endpoint here(asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port));
  tcp::acceptor acceptor(io);
  acceptor.open(here.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(here);
  acceptor.listen(4096);
  accept_next(acceptor, office);
  io.run();
  std::exit(0);
}

}  // namespace floor_peer
