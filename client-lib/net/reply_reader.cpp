// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/reply_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <iterator>
#include <utility>

namespace daybook {
namespace {

namespace beast = boost::beast;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

Error stranger(std::string_view what) {
  return failure(Errc::kUntrusted, "reply." + std::string(what));
}

// Decimal digits only; at most what a size_t on a 32-bit phone can hold.
std::optional<std::uint64_t> length_of(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::uint64_t length = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return length;
}

}  // namespace

ReplyReader::ReplyReader(const HttpsLimits& limits, const ReplyExpectation& expected)
    : limits_(limits), expected_(expected) {}

Result<std::size_t> ReplyReader::feed(BytesView bytes) {
  std::size_t taken = 0;
  if (!has_head()) {
    const std::size_t had = head_.size();
    const std::size_t from = had < 3 ? 0 : had - 3;
    head_.append(text_of(bytes.first(std::min(bytes.size(), limits_.head_size_max - had))));
    const auto end = head_.find("\r\n\r\n", from);
    if (end == std::string::npos) {
      // A stranger's page shows in its first line; there is no reason to wait for the rest of it.
      const std::string_view first = std::string_view(head_).substr(0, 9);
      if (first != std::string_view("HTTP/1.1 ").substr(0, first.size()))
        return stranger("status-line");
      if (head_.size() == limits_.head_size_max) return stranger("head");
      return bytes.size();
    }
    taken = end + 4 - had;
    DAYBOOK_TRY(read_head(end + 4));
    head_ = std::string();
  }
  const BytesView rest = bytes.subspan(taken);
  const std::size_t wanted = std::min(rest.size(), length_ - reply_.body.size());
  reply_.body.insert(reply_.body.end(), rest.begin(),
                     rest.begin() + static_cast<std::ptrdiff_t>(wanted));
  return taken + wanted;
}

Result<void> ReplyReader::read_head(std::size_t size) {
  const std::string_view head = std::string_view(head_).substr(0, size);
  // Folded lines and bare line ends are read differently by different readers, Beast among them.
  std::size_t at = head.find_first_of("\r\n");
  for (; at != std::string_view::npos; at = head.find_first_of("\r\n", at + 2)) {
    if (head.substr(at, 2) != "\r\n") return stranger("line-end");
    if (at + 2 < head.size() && (head[at + 2] == ' ' || head[at + 2] == '\t'))
      return stranger("folded");
  }
  beast::http::response_parser<beast::http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.head_size_max));
  parser.body_limit(std::uint64_t{1} << 40);  // judged below, where the limit of this call is known
  beast::error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || used != head.size() || !parser.is_header_done()) return stranger("head");
  const auto& message = parser.get();
  if (message.version() != 11) return stranger("version");
  const unsigned status = message.result_int();
  const bool upgraded = expected_.upgrade_allowed && status == 101;
  if (!upgraded && (status < 200 || status > 599)) return stranger("status");

  std::optional<std::uint64_t> length;
  for (const auto& field : message) {
    if (reply_.headers.size() == limits_.fields_max) return stranger("fields");
    reply_.headers.push_back({lower(field.name_string()), std::string(field.value())});
    const auto& [name, value] = reply_.headers.back();
    if (name == "transfer-encoding") return stranger("transfer-encoding");
    if (name == "connection" && lower(value).find("close") != std::string::npos) close_ = true;
    if (name == "content-length") {
      if (length || !(length = length_of(value))) return stranger("content-length");
    }
  }
  reply_.status = static_cast<int>(status);
  auto judged = judge_length(length);
  if (!judged.ok()) reply_ = {};  // what is not whole and sound has no head
  return judged;
}

Result<void> ReplyReader::judge_length(std::optional<std::uint64_t> length) {
  if (reply_.status == 101) return length ? stranger("content-length") : success();
  const bool bodiless = expected_.head_only || reply_.status == 204 || reply_.status == 304;
  if (bodiless) return success();
  if (!length) return stranger("content-length");
  if (*length > expected_.body_size_max) {
    return failure(Errc::kTooLarge, "reply.body", std::to_string(expected_.body_size_max));
  }
  length_ = static_cast<std::size_t>(*length);
  return success();
}

HttpReply ReplyReader::take_reply() { return std::exchange(reply_, {}); }

}  // namespace daybook
