// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sync-server/net/office_door.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "core/base/ensure.hpp"
#include "sync-server/net/tls.hpp"

namespace daybook::test {

OfficeDoor::OfficeDoor(http::Handler& handler, const HttpLimits& limits, std::uint16_t port) {
  std::string pattern = (std::filesystem::temp_directory_path() / "daybook-door-XXXXXX").string();
  ensure(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  key_file_ = folder_ + "/key.pem";
  certificate_file_ = folder_ + "/cert.pem";
  renew_certificate();
  pin_ = spki_pin_of_file(certificate_file_).value();

  ListenerOptions options;
  options.port = port;
  options.key_file = key_file_;
  options.certificate_file = certificate_file_;
  options.limits = limits;
  listener_ = std::make_unique<Listener>(loop_, options, handler);
  port_ = listener_->start().value();
  thread_ = std::thread([this] {
    loop_.run();
    ended_ = true;
  });
}

void OfficeDoor::renew_certificate() {
  std::filesystem::remove(key_file_);
  std::filesystem::remove(certificate_file_);
  const auto pair = make_self_signed("office", {"office.example", "127.0.0.1"}).value();
  ensure(write_pem_files(pair, key_file_, certificate_file_).ok());
}

std::int64_t OfficeDoor::stop_ms() {
  const auto begun = std::chrono::steady_clock::now();
  listener_->stop();
  if (thread_.joinable()) thread_.join();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begun)
      .count();
}

bool OfficeDoor::stops_within(std::int64_t ms) {
  listener_->stop();
  for (std::int64_t waited = 0; !ended_ && waited < ms; waited += 5)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return ended_;
}

void OfficeDoor::hold_loop(std::int64_t ms) {
  boost::asio::post(loop_, [ms] { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); });
}

OfficeDoor::~OfficeDoor() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
  listener_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace daybook::test
