// SPDX-License-Identifier: Apache-2.0
#include "core/model/chain.hpp"

#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kChainFormat = 1;

// A tagged array: the tag and the format come first in everything that is hashed or signed.
CborWriter tagged(std::string_view tag, std::size_t items) {
  CborWriter out;
  out.array(2 + items).text(tag).unsigned_integer(kChainFormat);
  return out;
}

}  // namespace

Digest hash_of_body(BytesView body) { return sha256(body); }

Digest first_link(const DeviceId& device, const IncarnationId& incarnation,
                  const IncarnationId& parent, std::uint64_t parent_seq,
                  const Digest& parent_link) {
  CborWriter out = tagged("daybook.first-link", 5);
  out.bytes(device.view()).bytes(incarnation.view()).bytes(parent.view());
  out.unsigned_integer(parent_seq).bytes(parent_link.view());
  return sha256(out.out());
}

Digest next_link(const DeviceId& device, const IncarnationId& incarnation, std::uint64_t seq,
                 const Digest& previous, const Digest& body_hash) {
  CborWriter out = tagged("daybook.link", 5);
  out.bytes(device.view()).bytes(incarnation.view()).unsigned_integer(seq);
  out.bytes(previous.view()).bytes(body_hash.view());
  return sha256(out.out());
}

Bytes batch_signing_bytes(const DeviceId& device, const ChainPosition& newest) {
  CborWriter out = tagged("daybook.batch", 4);
  out.bytes(device.view())
      .bytes(newest.incarnation.view())
      .unsigned_integer(newest.seq)
      .bytes(newest.link.view());
  return out.take();
}

Digest head_after(const CommitLeaf& leaf) {
  CborWriter out = tagged("daybook.commit", 8);
  out.bytes(leaf.epoch.view()).unsigned_integer(leaf.version).bytes(leaf.previous_head.view());
  out.bytes(leaf.set.view()).bytes(leaf.body_hash.view()).unsigned_integer(leaf.verdict);
  out.bytes(leaf.outcome_hash.view()).integer(leaf.received_ms);
  return sha256(out.out());
}

}  // namespace daybook
