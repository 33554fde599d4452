// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sync-server/net/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace daybook::test {

int connect_plain(std::uint16_t port) {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return file;
  ::close(file);
  return -1;
}

RawClient::RawClient(std::uint16_t port) : socket_(connect_plain(port)) {
  // Writing to a server that has had enough is what these tests are about.
  std::signal(SIGPIPE, SIG_IGN);
  context_ = SSL_CTX_new(TLS_client_method());
  ssl_ = SSL_new(context_);
  if (socket_ < 0) return;
  const timeval patience{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  SSL_set_fd(ssl_, socket_);
  good_ = SSL_connect(ssl_) == 1;
}

RawClient::~RawClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
  std::size_t sent = 0;
  return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent) == 1 && sent == bytes.size();
}

std::string RawClient::read_all(int ms) { return read_while({}, ms); }

std::string RawClient::read_until(std::string_view text, int ms) { return read_while(text, ms); }

std::string RawClient::read_while(std::string_view wanted, int ms) {
  const timeval patience{ms / 1000, (ms % 1000) * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string all;
  char buffer[16384];
  for (;;) {
    if (!wanted.empty() && all.find(wanted) != std::string::npos) return all;
    std::size_t got = 0;
    if (SSL_read_ex(ssl_, buffer, sizeof buffer, &got) != 1) {
      ended_ = SSL_get_error(ssl_, 0) != SSL_ERROR_WANT_READ;
      return all;
    }
    all.append(buffer, got);
  }
}

}  // namespace daybook::test
