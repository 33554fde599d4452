// SPDX-License-Identifier: Apache-2.0
// The chain of a device: links over bodies, the signed head of a batch, and the server's chain of
// commits. Every hashed thing starts with its own domain tag and format version, so no two kinds of
// bytes can ever be taken for one another. Pure functions.
#pragma once

#include "core/model/change_set.hpp"

namespace daybook {

// SHA-256 of the body's bytes (which start with their own tag).
Digest hash_of_body(BytesView body);

// Where a device's lineage stands. seq 0 with a zero link is the start of an incarnation that has
// no parent.
struct ChainPosition {
  IncarnationId incarnation;
  std::uint64_t seq = 0;
  Digest link;
  bool operator==(const ChainPosition&) const = default;
};

// The first link of an incarnation: binds it to the device and to the link of the parent where it
// forked off (zero when it has none).
Digest first_link(const DeviceId& device, const IncarnationId& incarnation,
                  const IncarnationId& parent, std::uint64_t parent_seq, const Digest& parent_link);

// Link number `seq` (1, 2, 3… without gaps) over the previous link.
Digest next_link(const DeviceId& device, const IncarnationId& incarnation, std::uint64_t seq,
                 const Digest& previous, const Digest& body_hash);

// What the device key signs when it sends: the newest link of the batch. The chain makes it cover
// everything before.
Bytes batch_signing_bytes(const DeviceId& device, const ChainPosition& newest);

// The commit's leaf; its SHA-256 is the head after it. One truth, two proofs: the cursor's head and
// the Merkle leaf.
struct CommitLeaf {
  EpochId epoch;
  Version version = 0;
  Digest previous_head;
  SetId set;
  Digest body_hash;
  std::uint8_t verdict = 0;
  Digest outcome_hash;  // SHA-256 of the outcome bytes, empty bytes when plainly accepted
  std::int64_t received_ms = 0;
};
Digest head_after(const CommitLeaf& leaf);

}  // namespace daybook
