// SPDX-License-Identifier: Apache-2.0
// Proof that a device has a content which the office has already, so that the same bytes travel
// once and a guessed digest is worth nothing (ATTACHMENTS.md §5): SHA-256 over the tag, the
// office's nonce, the device and the whole content. Both sides begin here and feed the content in
// pieces.
#pragma once

#include "core/crypto/sha256.hpp"

namespace daybook::wire {

inline void begin_possession_proof(Sha256& hash, BytesView nonce, const Uuid& device) {
  constexpr std::string_view tag("daybook.possession\0", 19);
  hash.update(view_of(tag));
  hash.update(nonce);
  hash.update(device.view());
}

}  // namespace daybook::wire
