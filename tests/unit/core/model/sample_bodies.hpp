// SPDX-License-Identifier: Apache-2.0
// The bodies behind tests/golden/body/*.hex, as values, and the ids in them. Used by the tests of
// this room.
#pragma once

#include "core/model/change_set.hpp"

namespace daybook::test {

Uuid id_of(std::string_view text);       // REQUIRES: a Uuid in text form
Digest digest_of(std::string_view hex);  // REQUIRES: 64 hex digits

Body smallest_body();
Body cellar_body();
Body repair_body();

// The bytes of tests/golden/body/<name>.hex.
Bytes golden_body(const std::string& name);

}  // namespace daybook::test
