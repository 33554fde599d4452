// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/attachment_carrier.hpp"

#include <algorithm>
#include <charconv>

#include "client-lib/net/exchange_words.hpp"
#include "core/base/hex.hpp"
#include "core/wire/message.hpp"
#include "core/wire/possession.hpp"

namespace daybook {
namespace {

constexpr std::string_view kRoot = "/v1/attachments";
constexpr std::string_view kPieceType = "application/offset+octet-stream";
constexpr std::size_t kPieceMin = 16 * 1024;
constexpr std::size_t kPieceMax = 256 * 1024;  // a record waits behind one at most
constexpr std::size_t kReadAtOnce = 256 * 1024;

std::string to_base64(BytesView bytes) {
  std::string text = to_base64url(bytes);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string target_of(const Digest& content) {
  return std::string(kRoot) + "/" + to_hex(content.view());
}

Result<std::uint64_t> number_in(const HttpReply& reply, std::string_view name) {
  const auto* text = reply.find_header(name);
  std::uint64_t number = 0;
  if (text != nullptr) {
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (!text->empty() && failed == std::errc{} && end == text->data() + text->size())
      return number;
  }
  return failure(Errc::kUntrusted, std::string(name), "not a number");
}

}  // namespace

Uuid AttachmentCarrier::id_of(const Digest& content) {
  return *Uuid::from(content.view().first(Uuid::kSize));
}

Result<HttpReply> AttachmentCarrier::ask(std::string_view method, const std::string& target,
                                         std::vector<HttpHeader> headers, BytesView body,
                                         std::string_view content_type) {
  HttpCall call;
  call.method = method;
  call.target = target;
  call.headers = std::move(headers);
  call.headers.push_back({"Tus-Resumable", "1.0.0"});
  call.body = body;
  call.content_type = content_type;
  call.reply_size_max = kPieceMax + 64 * 1024;
  return line_.call(call);
}

Result<void> AttachmentCarrier::bring(const Digest& content, std::uint64_t size,
                                      const Progress& progress) {
  DAYBOOK_ASSIGN(std::uint64_t offset, create(content, size));
  counters_.bytes_resent += sent_to_ > offset ? sent_to_ - offset : 0;
  sent_to_ = offset;
  while (offset < size) {
    progress(offset);
    auto sent = send_piece(content, offset, size);
    if (!sent.ok()) {
      piece_size_ = std::max(kPieceMin, piece_size_ / 2);
      return std::move(sent).error();
    }
    piece_size_ = std::min(kPieceMax, piece_size_ * 2);
    offset = *sent;
  }
  sent_to_ = 0;
  progress(size);
  return {};
}

Result<std::uint64_t> AttachmentCarrier::create(const Digest& content, std::uint64_t size) {
  const std::string name = to_hex(content.view());
  DAYBOOK_ASSIGN(const auto reply, ask("POST", std::string(kRoot),
                                       {{"Upload-Length", std::to_string(size)},
                                        {"Upload-Metadata", "sha256 " + to_base64(view_of(name))},
                                        {"Daybook-May-Prove", "1"}},
                                       {}, {}));
  if (reply.status == 201) return number_in(reply, "upload-offset");
  const auto* challenge = reply.find_header("daybook-challenge");
  const auto nonce = challenge == nullptr ? std::nullopt : from_base64url(*challenge);
  if (!nonce) return error_of_reply(reply);
  DAYBOOK_TRY(prove(content, *nonce));
  return size;
}

Result<void> AttachmentCarrier::prove(const Digest& content, const Bytes& nonce) {
  Sha256 hash;
  wire::begin_possession_proof(hash, nonce, device_);
  DAYBOOK_ASSIGN(const auto size, blobs_.size_of(content));
  if (!size) return failure(Errc::kCorrupt, "content", "its bytes are not on this phone");
  for (std::uint64_t at = 0; at < *size;) {
    DAYBOOK_ASSIGN(const auto piece, blobs_.read(content, at, kReadAtOnce));
    hash.update(piece);
    at += piece.size();
  }
  DAYBOOK_ASSIGN(const auto reply, ask("POST", target_of(content) + "/proof", {},
                                       hash.finish().view(), "application/octet-stream"));
  if (reply.status != 204) return error_of_reply(reply);
  ++counters_.proven;
  return {};
}

Result<std::uint64_t> AttachmentCarrier::send_piece(const Digest& content, std::uint64_t offset,
                                                    std::uint64_t size) {
  const auto wanted = std::min<std::uint64_t>(piece_size_, size - offset);
  DAYBOOK_ASSIGN(const auto piece, blobs_.read(content, offset, static_cast<std::size_t>(wanted)));
  if (piece.size() != wanted)
    return failure(Errc::kCorrupt, "content", "its bytes are not on this phone");
  auto asked = ask("PATCH", target_of(content), {{"Upload-Offset", std::to_string(offset)}}, piece,
                   kPieceType);
  counters_.bytes_up += line_.body_bytes_sent();
  sent_to_ = offset + line_.body_bytes_sent();
  if (!asked.ok()) return std::move(asked).error();
  // Elsewhere than we thought: that is where it goes on.
  if (asked->status == 204 || asked->status == 409) return number_in(*asked, "upload-offset");
  return error_of_reply(*asked);
}

Result<std::uint64_t> AttachmentCarrier::fetch(const Digest& content, const Progress& progress) {
  const Uuid upload = id_of(content);
  DAYBOOK_ASSIGN(std::uint64_t at, blobs_.kept(upload));
  for (;;) {
    const std::string range =
        "bytes=" + std::to_string(at) + "-" + std::to_string(at + piece_size_ - 1);
    DAYBOOK_ASSIGN(const auto reply, ask("GET", target_of(content), {{"Range", range}}, {}, {}));
    std::uint64_t size = at;
    if (reply.status == 200 || reply.status == 206) {
      if (reply.status == 200 && at != 0)
        return failure(Errc::kUntrusted, "reply", "not the range that was asked for");
      if (!reply.body.empty()) DAYBOOK_TRY(blobs_.grow(upload, at, reply.body));
      at += reply.body.size();
      counters_.bytes_down += reply.body.size();
      const auto* part = reply.find_header("content-range");
      const auto slash = part == nullptr ? std::string::npos : part->find('/');
      size = at;
      if (slash != std::string::npos) {
        const char* const end = part->data() + part->size();
        if (std::from_chars(part->data() + slash + 1, end, size).ptr != end)
          return failure(Errc::kUntrusted, "content-range", "not a number");
      }
      piece_size_ = std::min(kPieceMax, piece_size_ * 2);
    } else if (reply.status != 416 || at == 0) {  // 416 at its end: all of it came before
      return error_of_reply(reply);
    }
    progress(at);
    if (at < size && !reply.body.empty()) continue;
    const auto whole = blobs_.finish(upload, content, at);
    if (whole.ok()) return at;
    // Something else than it was said to be: it comes anew.
    if (whole.error().code == Errc::kWrongHash) DAYBOOK_TRY(blobs_.drop(upload));
    return whole.error();
  }
}

Result<std::vector<wire::ContentStanding>> AttachmentCarrier::ask_standing(
    const std::vector<Digest>& contents) {
  DAYBOOK_ASSIGN(const auto reply,
                 ask("POST", std::string(kRoot) + "/standing", {},
                     wire::encode_standing_question(contents), "application/octet-stream"));
  if (reply.status != 200) return error_of_reply(reply);
  return wire::decode_standings(reply.body, contents.size());
}

}  // namespace daybook
