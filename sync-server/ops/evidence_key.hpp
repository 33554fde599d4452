// SPDX-License-Identifier: Apache-2.0
// The key that headquarters signs its receipts with: a file of its own beside the others, so that
// a new certificate leaves old receipts what they are. Made by `daybookd init`, or at the first
// start of a server that has none yet. Used by app only.
#pragma once

#include <memory>
#include <string>

#include "core/crypto/device_key.hpp"
#include "core/ports/rng.hpp"

namespace daybook {

// kIo at the path when it can be neither read nor made, kInvalid when it holds something else.
Result<std::unique_ptr<Signer>> open_evidence_key(const std::string& path, Rng& rng);

}  // namespace daybook
