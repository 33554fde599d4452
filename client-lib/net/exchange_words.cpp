// SPDX-License-Identifier: Apache-2.0
#include "client-lib/net/exchange_words.hpp"

#include "core/base/hex.hpp"
#include "core/wire/message.hpp"

namespace daybook {
namespace {

std::optional<std::uint64_t> read_number(std::string_view text) {
  if (text.empty() || text.size() > 10 || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Only what the office says about a request; what our own side concludes (cut, timed out,
// untrusted) nobody may tell us.
constexpr Errc kSpoken[] = {
    Errc::kInvalid,      Errc::kTooLarge,       Errc::kNotFound,
    Errc::kNotSupported, Errc::kBusy,           Errc::kDiskFull,
    Errc::kIo,           Errc::kRevoked,        Errc::kForbidden,
    Errc::kUnauthorized, Errc::kWrongSignature, Errc::kWrongHash,
    Errc::kCorrupt,      Errc::kTooNew,         Errc::kInternal,
    Errc::kWrongType,
};

}  // namespace

std::string print_exchange(const ExchangePart& part) {
  return to_base64url(part.id.view()) + ";" + std::to_string(part.offset) + ";" +
         std::to_string(part.total) + ";" + std::to_string(part.have);
}

std::optional<PassageState> read_exchange_state(std::string_view text) {
  if (!take_prefix(text, "received=")) return std::nullopt;
  const auto end = text.find(';');
  if (end == std::string_view::npos) return std::nullopt;
  const auto received = read_number(text.substr(0, end));
  text.remove_prefix(end);
  if (!received || !take_prefix(text, ";reply=")) return std::nullopt;
  PassageState state;
  state.received = *received;
  if (text == "-") return state;
  state.reply = read_number(text);
  if (!state.reply) return std::nullopt;
  return state;
}

Result<ExchangeAnswer> read_exchange_answer(const HttpReply& reply, const Uuid& id) {
  const auto* echo = reply.find_header("exchange-id");
  if (echo == nullptr || *echo != to_base64url(id.view()))
    return failure(Errc::kUntrusted, "exchange-id");
  const auto* text = reply.find_header("exchange-state");
  const auto state = text ? read_exchange_state(*text) : std::nullopt;
  if (!state) return failure(Errc::kUntrusted, "exchange-state");
  ExchangeAnswer answer{*state, {}};
  if (!state->reply) return answer;
  const auto* digest_text = reply.find_header("exchange-digest");
  const auto bytes = digest_text ? from_base64url(*digest_text) : std::nullopt;
  const auto digest = bytes ? Digest::from(*bytes) : std::nullopt;
  if (!digest) {
    // 202 and 409 need not name it; a reply that is there for the taking must.
    if (reply.status == 200) return failure(Errc::kUntrusted, "exchange-digest");
    return answer;
  }
  answer.digest = *digest;
  return answer;
}

Error error_of_reply(const HttpReply& reply) {
  const std::string status = "status " + std::to_string(reply.status);
  const auto* said = reply.status >= 400 ? reply.find_header("daybook-error") : nullptr;
  if (said != nullptr) {
    for (const auto code : kSpoken) {
      if (*said != name_of(code)) continue;
      // The body names the field, for whoever has to explain it.
      auto spoken = wire::decode_error_reply(reply.body);
      if (spoken.ok() && spoken->code == code) return failure(code, spoken->field, spoken->detail);
      return failure(code, "office", status);
    }
  }
  switch (reply.status) {
    case 401: return failure(Errc::kUnauthorized, "office", status);
    case 403: return failure(Errc::kForbidden, "office", status);
    case 408: return failure(Errc::kCut, "office", status);
    case 413: return failure(Errc::kTooLarge, "office", status);
    case 415: return failure(Errc::kWrongType, "office", status);
    case 429:
    case 503: return failure(Errc::kBusy, "office", status);
    case 507: return failure(Errc::kDiskFull, "office", status);
    default: return failure(Errc::kUntrusted, "office", status);
  }
}

}  // namespace daybook
