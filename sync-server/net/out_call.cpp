// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/out_call.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>

#include "sync-server/net/out_line.hpp"
#include "sync-server/net/out_url.hpp"

namespace daybook {
namespace {

namespace beast_http = boost::beast::http;
using Parser = beast_http::response_parser<beast_http::vector_body<std::uint8_t>>;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kHeadSizeMax = 16 * 1024;
constexpr std::size_t kReadSize = 16 * 1024;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
  });
}

bool is_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// What frames the message and names the server is said here and nowhere else.
bool is_ours(const std::string& name) {
  return name == "host" || name == "content-length" || name == "transfer-encoding" ||
         name == "connection" || name == "upgrade" || name == "te" || name == "expect";
}

Result<std::string> head_of(const OutCall& call, const OutUrl& url) {
  if (!is_token(call.method)) return failure(Errc::kInvalid, "method", "not a word");
  std::string head = call.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                     "\r\nConnection: close\r\nUser-Agent: daybook\r\n";
  for (const auto& header : call.headers) {
    if (!is_token(header.name) || !is_line(header.value) || is_ours(lower(header.name)))
      return failure(Errc::kInvalid, "headers", "one that cannot be sent");
    head += header.name + ": " + header.value + "\r\n";
  }
  if (!call.body.empty() || (call.method != "GET" && call.method != "HEAD"))
    head += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return head += "\r\n";
}

Error too_large(const char* part, std::size_t most) {
  return failure(Errc::kTooLarge, "reply",
                 std::string(part) + ": at most " + std::to_string(most) + " bytes");
}

Error error_of(const ErrorCode& broken, std::size_t body_max) {
  using beast_http::error;
  if (broken == error::header_limit) return too_large("head", kHeadSizeMax);
  if (broken == error::body_limit) return too_large("body", body_max);
  return failure(Errc::kInvalid, "reply", "not HTTP: " + broken.message());
}

class ReplyIn {
 public:
  ReplyIn(OutLine& line, const OutCall& call) : line_(line), body_max_(call.reply_size_max) {
    parser_.header_limit(kHeadSizeMax);
    parser_.body_limit(body_max_);
    parser_.eager(true);
    parser_.skip(call.method == "HEAD");
  }

  Result<OutReply> read() {
    std::array<std::uint8_t, kReadSize> piece{};
    // A reply in chunks has bytes around its body: they are bounded too.
    std::size_t left = kHeadSizeMax + 4 * body_max_ + 64 * 1024;
    while (!parser_.is_done()) {
      DAYBOOK_ASSIGN(const auto size, line_.read(piece));
      if (size == 0) {
        DAYBOOK_TRY(end());
        break;
      }
      if (size > left) return too_large("all of it", body_max_);
      left -= size;
      waiting_.insert(waiting_.end(), piece.begin(), piece.begin() + size);
      DAYBOOK_TRY(feed());
    }
    return taken();
  }

 private:
  // Gives the parser what waits; it leaves what is not whole yet: a head, the line of a chunk.
  Result<void> feed() {
    while (!waiting_.empty() && !parser_.is_done()) {
      ErrorCode error;
      const auto used = parser_.put(boost::asio::buffer(waiting_.data(), waiting_.size()), error);
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(used));
      if (error == beast_http::error::need_more) break;
      if (error) return error_of(error, body_max_);
      if (used == 0) break;
    }
    if (!parser_.is_done() && waiting_.size() > kHeadSizeMax)
      return too_large("head", kHeadSizeMax);
    return success();
  }

  Result<void> end() {
    ErrorCode error;
    if (!parser_.got_some()) return failure(Errc::kCut, "reply", "nothing came");
    parser_.put_eof(error);
    if (error || !parser_.is_done()) return failure(Errc::kCut, "reply", "ended in the middle");
    return success();
  }

  Result<OutReply> taken() {
    auto& message = parser_.get();
    OutReply reply;
    reply.status = static_cast<int>(message.result_int());
    // We asked for nothing that a server answers in two steps.
    if (reply.status < 200)
      return failure(Errc::kInvalid, "reply", "an interim answer, " + std::to_string(reply.status));
    for (const auto& field : message) {
      const auto name = field.name_string();
      const auto value = field.value();
      reply.headers.push_back({lower({name.data(), name.size()}), {value.data(), value.size()}});
    }
    reply.body = std::move(message.body());
    return reply;
  }

  OutLine& line_;
  const std::size_t body_max_;
  Parser parser_;
  Bytes waiting_;
};

}  // namespace

const std::string* OutReply::find_header(std::string_view lower_case_name) const {
  for (const auto& header : headers) {
    if (header.name == lower_case_name) return &header.value;
  }
  return nullptr;
}

Result<OutReply> call_out(const OutCall& call, const OutTrust& trust) {
  DAYBOOK_ASSIGN(const auto url, read_out_url(call.url));
  DAYBOOK_ASSIGN(const auto head, head_of(call, url));
  Bytes request = copy_of(view_of(head));
  request.insert(request.end(), call.body.begin(), call.body.end());
  OutLine line(call.timeout_ms);
  DAYBOOK_TRY(line.open(url, trust));
  const auto sent = line.write(request);
  // A server that refuses early may have answered although it did not read everything.
  if (!sent.ok() && sent.error().code == Errc::kTimedOut) return sent.error();
  auto reply = ReplyIn(line, call).read();
  if (!reply.ok() && !sent.ok()) return sent.error();
  return reply;
}

}  // namespace daybook
