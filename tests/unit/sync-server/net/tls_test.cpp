// SPDX-License-Identifier: Apache-2.0
// Keys, certificates, pins, and what the door speaks.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sync-server/net/tls.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sync-server/net/echo_handler.hpp"
#include "tests/unit/sync-server/net/office_door.hpp"
#include "tests/unit/sync-server/net/raw_client.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// Tries a handshake with what `prepare` sets up. True when it went through and one byte could be
// read or waited for.
template <class Prepare>
bool shakes_hands(std::uint16_t port, Prepare prepare) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  prepare(context);
  SSL* ssl = SSL_new(context);
  const int file = connect_plain(port);
  SSL_set_fd(ssl, file);
  const bool good = SSL_connect(ssl) == 1;
  ERR_clear_error();
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(file);
  return good;
}

}  // namespace

TEST_CASE("net: a fresh key and certificate are small, private and never overwritten", "[net]") {
  std::string folder = (std::filesystem::temp_directory_path() / "daybook-tls-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto pair = make_self_signed("office", {"office.example", "192.0.2.7", "::1"}).value();
  CHECK(pair.certificate.size() < 700);
  const std::string key = folder + "/key.pem";
  const std::string certificate = folder + "/cert.pem";
  REQUIRE(write_pem_files(pair, key, certificate).ok());
  struct stat status {};
  REQUIRE(::stat(key.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(write_pem_files(pair, key, certificate).error().code == Errc::kAlreadyExists);

  const auto pin = spki_pin(pair.certificate).value();
  CHECK(spki_pin_of_file(certificate).value() == pin);
  CHECK_FALSE(spki_pin(make_self_signed("office", {}).value().certificate).value() == pin);
  CHECK(spki_pin("not a certificate").error().code == Errc::kInvalid);
  CHECK(spki_pin_of_file(folder + "/none").error().code == Errc::kNotFound);

  CHECK(make_self_signed("", {}).error().field == "common_name");
  CHECK(make_self_signed("office", {"a,DNS:evil.example"}).error().field == "names");

  CHECK(make_tls_context(key, certificate, HttpLimits{}).ok());
  const auto wrong = make_tls_context(folder + "/none", certificate, HttpLimits{});
  CHECK(wrong.error().field == folder + "/none");
  std::filesystem::remove_all(folder);
}

TEST_CASE("net: the door speaks TLS 1.3 and HTTP/1.1 and nothing else", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  CHECK(shakes_hands(door.port(), [](SSL_CTX*) {}));
  CHECK_FALSE(shakes_hands(door.port(),
                           [](SSL_CTX* c) { SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION); }));
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  CHECK_FALSE(shakes_hands(door.port(),
                           [](SSL_CTX* c) { SSL_CTX_set_alpn_protos(c, kHttp2, sizeof kHttp2); }));
  static constexpr unsigned char kBoth[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  CHECK(shakes_hands(door.port(),
                     [](SSL_CTX* c) { SSL_CTX_set_alpn_protos(c, kBoth, sizeof kBoth); }));
}

TEST_CASE("net: a start that cannot be says why", "[net]") {
  EchoHandler handler;
  OfficeDoor door(handler);
  boost::asio::io_context loop;
  ListenerOptions options;
  options.key_file = door.key_file();
  options.certificate_file = door.certificate_file();
  options.port = door.port();
  CHECK(Listener(loop, options, handler).start().error().code == Errc::kBusy);
  options.address = "nowhere";
  CHECK(Listener(loop, options, handler).start().error().field == "address");
  options.address = "127.0.0.1";
  options.limits.fields_max = 65;
  CHECK(Listener(loop, options, handler).start().error().field == "limits.fields_max");
  options.limits = {};
  options.key_file = "/nonexistent";
  CHECK(Listener(loop, options, handler).start().error().field == "/nonexistent");
}
