// SPDX-License-Identifier: Apache-2.0
// What a change set brings that customers signed: the hashes, each with the paper and the visit
// that it is about, and only where the bytes beside it are really those of the hash. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/model/change_set.hpp"

namespace daybook {

struct Seal {
  Digest content_hash;
  std::string paper;  // "form", "survey"
  Uuid visit;
  bool is_paper = false;  // the paper itself came, not only a signature that names it
  bool operator==(const Seal&) const = default;
};

struct Seals {
  std::vector<Seal> sound;       // each hash once
  std::vector<RecordRef> wrong;  // that say a hash which is not theirs
};
Seals seals_in(const Body& body);

}  // namespace daybook
