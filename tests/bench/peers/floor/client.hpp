// SPDX-License-Identifier: Apache-2.0
// The floor's client and its stopwatch: a blocking HTTP connection, and one measured section
// printed as a JSON line. Used by main.cpp; one thread per Client.
#pragma once

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdint>
#include <string>

#include "rows.hpp"

namespace floor_peer {

class Client {
 public:
  explicit Client(int port);
  void connect();
  std::string get(const std::string& target, bool packed = false);
  // Empty, and ok() false, when the connection broke and `may_break` was given; otherwise that ends
  // the process.
  std::string send(boost::beast::http::verb verb, const std::string& target, std::string body,
                   bool packed = false, bool may_break = false);
  bool ok() const { return ok_; }

 private:
  boost::asio::io_context io_;
  boost::beast::tcp_stream stream_{io_};
  boost::beast::flat_buffer buffer_;
  int port_;
  bool ok_ = true;
};

// What is measured: wall, bytes and requests at the server, CPU of both processes, peak memory of
// both.
class Section {
 public:
  Section(const char* scenario, std::string variant, Client& client);
  double seconds() const { return now_s() - began_s_; }
  // `extra` is more JSON members, beginning with a comma.
  void finish(double records, const std::string& extra = "");

 private:
  struct Meter {
    double in, out, requests, cpu, memory;
  };
  static Meter read_meter(Client& client);

  const char* scenario_;
  std::string variant_;
  Client& client_;
  Meter before_;
  double began_s_;
  double began_cpu_s_;
};

struct UploadOptions {
  std::string device;
  bool packed = false;
  std::size_t batch_bytes_max = 1U << 20U;
  bool may_break = false;
};
// Sends the whole outbox. Stops early only when the connection broke and that was allowed.
void upload(sqlite3* database, Client& client, const UploadOptions& options);

// Pulls everything the server holds into one or two databases; the last position.
std::uint64_t bootstrap(Client& client, sqlite3* first, sqlite3* second);

}  // namespace floor_peer
