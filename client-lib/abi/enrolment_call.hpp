// SPDX-License-Identifier: Apache-2.0
// The one conversation that a phone has before it is somebody: it shows the one-time code and its
// new key, bound to the channel. Blocks; runs on the thread of daybook_enrol(). Does not touch the
// core.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client-lib/session/client_core.hpp"
#include "core/base/result.hpp"
#include "core/crypto/device_key.hpp"
#include "core/ports/rng.hpp"

namespace daybook::abi {

struct EnrolmentCall {
  std::string_view code_text;  // "daybook://enrol?…"
  std::string_view device_name;
  std::string schema;  // JSON to begin with; the office sends its own when it differs
  // Of the key to be made; empty: Ed25519, or what the key of this phone is already.
  std::optional<KeyAlg> key_alg{};
  // Of a phone that was enrolled before: it stays the device it was, with the key it has.
  std::optional<Enrolment> before{};
};

// kInvalid naming the part of the text; kForbidden when the office does not know the code or the
// device is another's; kAlreadyExists when the text is of another server than before, or when
// `key_alg` is not that of the key this phone has; what HttpsClient says.
Result<Enrolment> call_for_enrolment(const EnrolmentCall& call, Rng& rng);

}  // namespace daybook::abi
