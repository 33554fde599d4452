// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/browser_login.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/platform/os_rng.hpp"

namespace daybook::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::minutes(5);
// Browsers open connections that they do not use: none may hold up the one that matters.
constexpr auto kRequestPatience = std::chrono::seconds(2);
constexpr std::size_t kRequestMax = 8 * 1024;
constexpr std::size_t kCodeMax = 256;

Error os_failure(const char* what) { return failure(Errc::kIo, what, std::strerror(errno)); }

class Socket {
 public:
  explicit Socket(int file) : file_(file) {}
  ~Socket() {
    if (file_ >= 0) ::close(file_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int file() const { return file_; }

  bool readable_until(Clock::time_point end) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd waiting{file_, POLLIN, 0};
    return left > 0 && ::poll(&waiting, 1, static_cast<int>(left)) > 0;
  }

 private:
  int file_;
};

Result<std::uint16_t> listen_on_loopback(const Socket& listening) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (listening.file() < 0 || ::bind(listening.file(), plain, size) != 0 ||
      ::listen(listening.file(), 8) != 0 || ::getsockname(listening.file(), plain, &size) != 0) {
    return os_failure("port");
  }
  return ntohs(address.sin_port);
}

std::string read_request(const Socket& peer) {
  const auto end = Clock::now() + kRequestPatience;
  std::string text;
  char piece[1024];
  while (text.find("\r\n\r\n") == std::string::npos && text.size() < kRequestMax &&
         peer.readable_until(end)) {
    const auto got = ::recv(peer.file(), piece, sizeof piece, 0);
    if (got <= 0) break;
    text.append(piece, static_cast<std::size_t>(got));
  }
  return text;
}

// "GET /?code=… HTTP/1.1"; empty for whatever else a browser asks for.
std::string code_in(const std::string& request) {
  constexpr std::string_view kStart = "GET /?code=";
  if (request.compare(0, kStart.size(), kStart) != 0) return {};
  const auto code =
      request.substr(kStart.size(), request.find_first_of(" &\r", kStart.size()) - kStart.size());
  return code.size() <= kCodeMax && from_base64url(code) ? code : std::string();
}

void answer(const Socket& peer, bool good) {
  const std::string page =
      good
          ? "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>Daybook</title>"
            "<p>登录成功，可以关闭此页。<p lang=\"en\">You are logged in and may close this page.\n"
          : "";
  const std::string reply = std::string("HTTP/1.1 ") + (good ? "200 OK" : "404 Not Found") +
                            "\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store"
                            "\r\nReferrer-Policy: no-referrer\r\nConnection: close"
                            "\r\nContent-Length: " +
                            std::to_string(page.size()) + "\r\n\r\n" + page;
  static_cast<void>(::send(peer.file(), reply.data(), reply.size(), MSG_NOSIGNAL));
  ::shutdown(peer.file(), SHUT_WR);
}

Result<std::string> wait_for_code(const Socket& listening) {
  const auto end = Clock::now() + kPatience;
  while (listening.readable_until(end)) {
    const Socket peer(::accept(listening.file(), nullptr, nullptr));
    if (peer.file() < 0) continue;
    auto code = code_in(read_request(peer));
    answer(peer, !code.empty());
    if (!code.empty()) return code;
  }
  return failure(Errc::kTimedOut, "browser", "nobody came back within five minutes");
}

}  // namespace

Result<Answer> log_in_by_browser(const ServerAddress& address, const std::string& server,
                                 const Words& words) {
  OsRng rng;
  Bytes secret(32);
  rng.fill(secret);
  const auto verifier = to_base64url(secret);
  const Socket listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  DAYBOOK_ASSIGN(const auto port, listen_on_loopback(listening));
  const auto base = server.back() == '/' ? server.substr(0, server.size() - 1) : server;
  std::cout << words("Open this in a browser on this machine:", "请在本机浏览器中打开：") << "\n"
            << base << "/oidc/start?port=" << port
            << "&challenge=" << to_base64url(sha256(view_of(verifier)).view()) << std::endl;
  DAYBOOK_ASSIGN(const auto code, wait_for_code(listening));
  return OfficeClient(address, "")
      .call("POST", "/api/login/oidc", Json{{"code", code}, {"verifier", verifier}});
}

}  // namespace daybook::cli
