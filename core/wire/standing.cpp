// SPDX-License-Identifier: Apache-2.0
#include "core/wire/standing.hpp"

namespace daybook::wire {

Bytes encode_standing_question(std::span<const Digest> contents) {
  Bytes body;
  body.reserve(contents.size() * Digest::kSize);
  for (const auto& content : contents)
    body.insert(body.end(), content.raw.begin(), content.raw.end());
  return body;
}

Result<std::vector<Digest>> decode_standing_question(BytesView body) {
  if (body.empty() || body.size() % Digest::kSize != 0)
    return failure(Errc::kInvalid, "body", "expected digests of 32 bytes each");
  if (body.size() / Digest::kSize > kStandingsMax)
    return failure(Errc::kTooLarge, "body", std::to_string(kStandingsMax) + " at a time");
  std::vector<Digest> contents;
  for (std::size_t at = 0; at < body.size(); at += Digest::kSize)
    contents.push_back(*Digest::from(body.subspan(at, Digest::kSize)));
  return contents;
}

Bytes encode_standings(std::span<const ContentStanding> standings) {
  Bytes reply;
  for (const auto standing : standings) reply.push_back(static_cast<std::uint8_t>(standing));
  return reply;
}

Result<std::vector<ContentStanding>> decode_standings(BytesView reply, std::size_t count) {
  if (reply.size() != count)
    return failure(Errc::kUntrusted, "reply", "expected a byte for each content");
  std::vector<ContentStanding> standings;
  for (const auto byte : reply) {
    if (byte > static_cast<std::uint8_t>(ContentStanding::kSafe))
      return failure(Errc::kUntrusted, "reply", "no such standing");
    standings.push_back(static_cast<ContentStanding>(byte));
  }
  return standings;
}

}  // namespace daybook::wire
