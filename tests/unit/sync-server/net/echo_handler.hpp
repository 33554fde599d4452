// SPDX-License-Identifier: Apache-2.0
// A handler that answers on the spot and remembers what it was asked. What it saw is guarded by a
// mutex, because tests look at it from their own thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sync-server/http/message.hpp"

namespace daybook::test {

class EchoHandler : public http::Handler {
 public:
  std::optional<http::Response> on_head(const http::Request& head, std::uint64_t) override {
    if (head.path != "/refuse") return std::nullopt;
    http::Response refused;
    refused.status = 401;
    return refused;
  }

  void on_request(http::Request request, http::ReplySink sink) override {
    http::Response response;
    response.content_type = "text/plain";
    const std::string text =
        request.method + " " + request.path + " " + std::to_string(request.body.size());
    response.body.assign(text.begin(), text.end());
    const std::lock_guard lock(mutex_);
    const std::string path = request.path;
    asked_.push_back(std::move(request));
    if (path == "/forget") return;
    if (path == "/wait") {
      waiting_.push_back(std::move(sink));
    } else if (path == "/live") {
      streams_.push_back(sink.open_stream());
    } else if (path == "/line") {
      streams_.push_back(sink.open_line(echoing_line()));
    } else if (path == "/large") {
      response.body.assign(3'000'000, 'x');
      sink.reply(std::move(response));
    } else if (path == "/split") {
      response.headers.push_back({"x-split", "a\r\nContent-Length: 0"});
      sink.reply(std::move(response));
    } else {
      sink.reply(std::move(response));
    }
  }

  void on_cut(http::Request partial, std::uint64_t content_length) override {
    const std::lock_guard lock(mutex_);
    cut_.push_back({std::move(partial), content_length});
  }

  struct Cut {
    http::Request partial;
    std::uint64_t content_length;
  };
  std::vector<http::Request> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::vector<Cut> cut() const {
    const std::lock_guard lock(mutex_);
    return cut_;
  }
  std::vector<std::shared_ptr<http::LiveStream>> streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }
  std::vector<http::ReplySink> take_waiting() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

 private:
  // Says everything back; ends at a "!".
  http::Upgrade echoing_line() {
    http::Upgrade upgrade;
    upgrade.protocol = "echo/1";
    upgrade.ping = "<ping>";
    upgrade.hear = [this](BytesView bytes) {
      const std::lock_guard lock(mutex_);
      if (text_of(bytes).find('!') != std::string_view::npos) return false;
      streams_.back()->write(text_of(bytes));
      return true;
    };
    return upgrade;
  }

  mutable std::mutex mutex_;
  std::vector<http::Request> asked_;
  std::vector<Cut> cut_;
  std::vector<http::ReplySink> waiting_;
  std::vector<std::shared_ptr<http::LiveStream>> streams_;
};

// Looks again and again until it holds, for at most `ms`.
template <class Condition>
bool eventually(Condition condition, int ms = 5000) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace daybook::test
