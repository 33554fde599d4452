// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/https_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "client-lib/net/pinned_tls.hpp"
#include "client-lib/net/reply_reader.hpp"
#include "client-lib/net/right_of_way.hpp"
#include "client-lib/net/tls_link.hpp"

namespace daybook {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Whoever gives way hears an interruption so late at most.
constexpr std::int64_t kLooksUpEveryMs = 50;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// What the caller composes must not be able to become a second request.
bool is_sound(const HttpCall& call) {
  const bool target = !call.target.empty() && call.target.front() == '/' && is_line(call.target) &&
                      call.target.find(' ') == std::string::npos;
  const bool method =
      !call.method.empty() && std::all_of(call.method.begin(), call.method.end(),
                                          [](char c) { return c >= 'A' && c <= 'Z'; });
  return target && method && is_line(call.content_type) &&
         std::all_of(call.headers.begin(), call.headers.end(), [](const HttpHeader& header) {
           return !header.name.empty() && is_line(header.name) && is_line(header.value) &&
                  header.name.find_first_of(": ") == std::string::npos;
         });
}

std::string host_header(const ServerAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  std::string host = v6 ? "[" + address.host + "]" : address.host;
  if (address.port != 443) host += ":" + std::to_string(address.port);
  return host;
}

bool carries_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

const std::string* HttpReply::find_header(std::string_view lower_case_name) const {
  for (const auto& header : headers) {
    if (header.name == lower_case_name) return &header.value;
  }
  return nullptr;
}

bool HttpReply::has_content_type(std::string_view lower_case_type) const {
  const auto* value = find_header("content-type");
  if (value == nullptr) return false;
  std::string type = lower(std::string_view(*value).substr(0, value->find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  return type == lower_case_type;
}

struct HttpsClient::Parts {
  Parts(ServerAddress to, const HttpsLimits& chosen, RightOfWay* whom)
      : address(std::move(to)), limits(chosen), records(whom), tls(address.pins) {}

  Result<void> connect();
  std::string head_of(const HttpCall& call) const;
  Result<void> begin(const HttpCall& call);
  void give_way();
  Result<void> send_some();
  Result<void> move(ReplyReader& reader, std::int64_t ms);
  Result<void> read_reply(ReplyReader& reader);
  Result<HttpReply> talk(const HttpCall& call, ReplyReader& reader);
  Result<HttpReply> finish(ReplyReader& reader);
  Result<void> write_line(BytesView bytes);
  Result<Bytes> read_line();

  const ServerAddress address;
  const HttpsLimits limits;
  RightOfWay* const records;
  PinnedTls tls;
  HttpsCounters counters;
  InterruptibleLoop loop;
  std::unique_ptr<TlsLink> link;
  HttpReply partial;
  Bytes early;  // came behind the head of a 101
  // The request under way.
  std::string head;
  std::size_t head_sent = 0;
  BytesView body;
  std::size_t body_sent = 0;
};

Result<void> HttpsClient::Parts::connect() {
  if (loop.interrupted.load()) return failure(Errc::kClosed, "interrupted");
  if (!tls.good()) return failure(Errc::kInvalid, "pins", "at least one is needed");
  if (link && link->alive()) return success();
  link.reset();
  auto fresh = std::make_unique<TlsLink>(loop, tls, counters, records != nullptr);
  DAYBOOK_TRY(fresh->open(address, limits.connect_ms_max));
  link = std::move(fresh);
  return success();
}

std::string HttpsClient::Parts::head_of(const HttpCall& call) const {
  std::string out;
  out.append(call.method).append(" ").append(call.target).append(" HTTP/1.1\r\nHost: ");
  out.append(host_header(address)).append("\r\n");
  for (const auto& header : call.headers)
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  if (carries_body(call.method)) {
    out.append("Content-Length: ").append(std::to_string(call.body.size())).append("\r\n");
    if (!call.content_type.empty())
      out.append("Content-Type: ").append(call.content_type).append("\r\n");
  }
  return out += "\r\n";
}

Result<void> HttpsClient::Parts::begin(const HttpCall& call) {
  partial = {};
  body_sent = 0;
  if (!is_sound(call) || (!call.body.empty() && !carries_body(call.method)))
    return failure(Errc::kInvalid, "call");
  if (call.may_connect) {
    DAYBOOK_TRY(connect());
  } else if (!link || !link->alive()) {
    link.reset();
    return failure(Errc::kCut, "line", "the connection is gone");
  }
  head = head_of(call);
  head_sent = 0;
  body = call.body;
  return success();
}

void HttpsClient::Parts::give_way() {
  if (records == nullptr) return;
  for (std::int64_t waited_ms = 0; waited_ms < limits.gives_way_ms_max;
       waited_ms += kLooksUpEveryMs) {
    if (loop.interrupted.load() || records->give_way(kLooksUpEveryMs)) return;
  }
}

Result<void> HttpsClient::Parts::send_some() {
  while (link->can_write() && (head_sent < head.size() || body_sent < body.size())) {
    if (head_sent < head.size()) {
      // A short body leaves in the record of its head.
      std::string first = head.substr(head_sent);
      const std::size_t along = first.size() < 256 ? std::min(body.size(), 256 - first.size()) : 0;
      first.append(text_of(body.first(along)));
      DAYBOOK_ASSIGN(const auto size, link->write(view_of(first)));
      const std::size_t of_head = std::min(size, head.size() - head_sent);
      head_sent += of_head;
      body_sent += size - of_head;
      counters.body_up += size - of_head;
      continue;
    }
    give_way();
    DAYBOOK_ASSIGN(const auto size, link->write(body.subspan(body_sent)));
    body_sent += size;
    counters.body_up += size;
  }
  return success();
}

// Sends, reads, or waits for one of the two to become possible.
Result<void> HttpsClient::Parts::move(ReplyReader& reader, std::int64_t ms) {
  DAYBOOK_TRY(send_some());
  std::array<std::uint8_t, 16 * 1024> buffer;
  DAYBOOK_ASSIGN(const auto size, link->read(buffer));
  if (size == 0) return link->wait(ms);
  const std::size_t had = reader.reply().body.size();
  DAYBOOK_ASSIGN(const auto taken, reader.feed(BytesView(buffer).first(size)));
  counters.body_down += reader.reply().body.size() - had;
  if (taken == size) return success();
  if (reader.reply().status != 101) return failure(Errc::kUntrusted, "reply.surplus");
  early = copy_of(BytesView(buffer).subspan(taken, size - taken));
  return success();
}

Result<void> HttpsClient::Parts::read_reply(ReplyReader& reader) {
  const SteadyTime end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(limits.transfer_ms_max);
  while (!reader.complete()) {
    if (std::chrono::steady_clock::now() >= end) return failure(Errc::kTimedOut, "transfer");
    DAYBOOK_TRY(move(reader, limits.stall_ms_max));
  }
  return success();
}

Result<HttpReply> HttpsClient::Parts::talk(const HttpCall& call, ReplyReader& reader) {
  DAYBOOK_TRY(begin(call));
  auto read = read_reply(reader);
  if (!read.ok()) {
    link.reset();
    partial = reader.take_reply();
    return std::move(read).error();
  }
  return HttpReply{};
}

// After a whole reply: is the connection good for another?
Result<HttpReply> HttpsClient::Parts::finish(ReplyReader& reader) {
  const bool cut_short = head_sent < head.size() || body_sent < body.size();
  if (reader.ends_connection() || cut_short) {
    link->say_goodbye();
    link.reset();
  }
  return reader.take_reply();
}

Result<void> HttpsClient::Parts::write_line(BytesView bytes) {
  while (!bytes.empty()) {
    if (!link->can_write()) {
      DAYBOOK_TRY(link->wait(limits.stall_ms_max));
      continue;
    }
    DAYBOOK_ASSIGN(const auto size, link->write(bytes));
    bytes = bytes.subspan(size);
  }
  return success();
}

Result<Bytes> HttpsClient::Parts::read_line() {
  if (!early.empty()) return std::exchange(early, {});
  std::array<std::uint8_t, 16 * 1024> buffer;
  for (;;) {
    DAYBOOK_ASSIGN(const auto size, link->read(buffer));
    if (size > 0) return copy_of(BytesView(buffer).first(size));
    if (loop.nudged.exchange(false)) return Bytes();
    DAYBOOK_TRY(link->wait(limits.silence_ms_max));
  }
}

HttpsClient::HttpsClient(ServerAddress address, const HttpsLimits& limits, RightOfWay* first)
    : parts_(std::make_unique<Parts>(std::move(address), limits, first)) {}

HttpsClient::~HttpsClient() { disconnect(); }

Result<void> HttpsClient::connect() { return parts_->connect(); }

void HttpsClient::disconnect() {
  if (parts_->link) parts_->link->say_goodbye();
  parts_->link.reset();
}

bool HttpsClient::connected() const { return parts_->link != nullptr; }

std::uint64_t HttpsClient::connection() const { return parts_->counters.connections; }

Digest HttpsClient::channel() const { return parts_->link ? parts_->link->channel() : Digest{}; }

Result<HttpReply> HttpsClient::request(const HttpCall& call) {
  const ReplyExpectation expected{call.reply_size_max, call.method == "HEAD", false};
  const std::uint64_t before = connection();
  ReplyReader reader(parts_->limits, expected);
  auto talked = parts_->talk(call, reader);
  if (talked.ok()) return parts_->finish(reader);
  // The server closed a resting connection at the very moment we asked. Only a question may simply
  // be asked again.
  const bool rested =
      connection() == before && talked.error().code == Errc::kCut && parts_->partial.status == 0;
  if (!rested || !call.may_connect || (call.method != "GET" && call.method != "HEAD"))
    return talked;
  ReplyReader again(parts_->limits, expected);
  talked = parts_->talk(call, again);
  if (!talked.ok()) return talked;
  return parts_->finish(again);
}

HttpReply HttpsClient::take_partial_reply() { return std::exchange(parts_->partial, {}); }

std::size_t HttpsClient::body_bytes_sent() const { return parts_->body_sent; }

Result<HttpReply> HttpsClient::upgrade(const HttpCall& call) {
  ReplyReader reader(parts_->limits, {call.reply_size_max, false, true});
  parts_->early.clear();
  auto talked = parts_->talk(call, reader);
  if (!talked.ok()) return talked;
  return parts_->finish(reader);
}

Result<void> HttpsClient::write_line(BytesView bytes) {
  if (!parts_->link) return failure(Errc::kCut, "line", "the connection is gone");
  auto written = parts_->write_line(bytes);
  if (!written.ok()) parts_->link.reset();
  return written;
}

Result<Bytes> HttpsClient::read_line() {
  if (!parts_->link) return failure(Errc::kCut, "line", "the connection is gone");
  auto come = parts_->read_line();
  if (!come.ok()) parts_->link.reset();
  return come;
}

void HttpsClient::nudge() { parts_->loop.nudge(); }

Result<void> HttpsClient::pause(std::int64_t ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  auto& loop = parts_->loop;
  while (!loop.interrupted.load()) {
    if (loop.io.stopped()) loop.io.restart();
    const auto guard = boost::asio::make_work_guard(loop.io);
    if (loop.io.run_one_until(end) == 0) return success();
  }
  return failure(Errc::kClosed, "interrupted");
}

void HttpsClient::interrupt() { parts_->loop.interrupt(); }

void HttpsClient::allow() { parts_->loop.interrupted.store(false); }

HttpsCounters HttpsClient::counters() const { return parts_->counters; }

}  // namespace daybook
