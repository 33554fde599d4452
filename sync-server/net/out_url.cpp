// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/out_url.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace daybook {
namespace {

constexpr std::size_t kUrlSizeMax = 4096;
constexpr std::size_t kHostSizeMax = 253;

Error wrong(const char* why) { return failure(Errc::kInvalid, "url", why); }

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > kHostSizeMax) return false;
  for (const char c : host) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '-' && c != '.') return false;
  }
  return true;
}

bool is_address(const std::string& host) {
  boost::system::error_code failed;
  boost::asio::ip::make_address(host, failed);
  return !failed;
}

Result<void> read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0)
    return wrong("expected a port number, 1 to 65535");
  return success();
}

Result<void> read_authority(std::string_view text, OutUrl& url) {
  std::string_view host = text;
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("a bracket is missing");
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (host.find(':') == std::string_view::npos || !is_address(std::string(host)))
      return wrong("expected an IPv6 address in brackets");
  } else {
    const auto colon = text.find(':');
    host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    if (!is_name(host)) return wrong("expected a host name, without user and password");
  }
  url.host = host;
  url.is_address = is_address(url.host);
  if (rest.empty()) return success();
  if (rest.front() != ':') return wrong("expected a port behind the host");
  return read_port(rest.substr(1), url.port);
}

}  // namespace

std::string OutUrl::authority() const {
  const bool usual = port == (tls ? 443 : 80);
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return usual ? shown : shown + ":" + std::to_string(port);
}

bool is_loopback_address(const std::string& address) {
  boost::system::error_code failed;
  const auto read = boost::asio::ip::make_address(address, failed);
  return !failed && read.is_loopback();
}

Result<OutUrl> read_out_url(std::string_view url) {
  if (url.size() > kUrlSizeMax) return failure(Errc::kTooLarge, "url", "4096 bytes");
  for (const char c : url) {
    if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\' || c == '"' || c == '<' || c == '>')
      return wrong("a character that a URL to call cannot have");
  }
  constexpr std::string_view kTls = "https://";
  constexpr std::string_view kPlain = "http://";
  OutUrl read;
  if (url.substr(0, kTls.size()) == kTls) {
    url.remove_prefix(kTls.size());
  } else if (url.substr(0, kPlain.size()) == kPlain) {
    url.remove_prefix(kPlain.size());
    read.tls = false;
    read.port = 80;
  } else {
    return wrong("expected https://");
  }
  const auto end = url.find_first_of("/?");
  DAYBOOK_TRY(read_authority(url.substr(0, end), read));
  if (end != std::string_view::npos) {
    read.target = (url[end] == '?' ? "/" : "") + std::string(url.substr(end));
  }
  if (!read.tls && !is_loopback_address(read.host) && read.host != "localhost")
    return wrong("plain http is for this machine only: expected https://");
  return read;
}

}  // namespace daybook
