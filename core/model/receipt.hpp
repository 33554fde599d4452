// SPDX-License-Identifier: Apache-2.0
// The server's answer to one change set, as codes with parameters; it travels in the feed under the
// commit number of the verdict. A receipt holds outcomes, field names, rule, case and the sender's
// own values, never another's. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"

namespace daybook {

// Numbers are stored and sent: frozen.
enum class Verdict : std::uint8_t {
  kAccepted = 0,
  kMerged = 1,
  kConflicted = 2,
  kParked = 3,
  kRefused = 4,
  kDiscarded = 5,
  // Nothing is judged: what a person decided or asked about a case that the set fed. `reason` says
  // which: "decided", "reopened", "asked"; `detail` has their words.
  kFurther = 6
};
inline constexpr auto kLastVerdict = static_cast<std::uint64_t>(Verdict::kFurther);
std::string_view name_of(Verdict verdict);

// What became of one field of a set, told only where it is not plainly "in force as asked".
enum class FieldOutcome : std::uint8_t {
  kTaken = 0,  // in force as asked
  kSame = 1,   // was the value already; nothing written
  kMerged =
      2,  // combined with what was there (text kept both, set element by element, larger number)
  kProposed = 3,  // not in force; kept as a proposal that people see
  kConflict = 4,  // a case is open; `in force` is the rule's safe default
  kRefused = 5,   // an intention that cannot be: immutable or sealed
  kTakenOver =
      6,  // in force as asked, and an office value that its author had not seen was superseded
  kOverruled = 7,  // a person decided otherwise; the sender's value is in the history
};
std::string_view name_of(FieldOutcome outcome);

struct FieldReceipt {
  RecordRef record;
  std::string field;
  FieldOutcome outcome = FieldOutcome::kTaken;
  std::string rule;               // readable name as in the schema, e.g. "office_until(departed)"
  std::optional<Value> own;       // the sender's value
  std::uint64_t case_number = 0;  // 0 = none
  bool operator==(const FieldReceipt&) const = default;
};

struct Receipt {
  SetId set;
  IncarnationId incarnation;
  std::uint64_t seq = 0;
  Version commit = 0;  // the commit number of this verdict
  Verdict verdict = Verdict::kAccepted;
  std::string reason;  // code, when parked or refused: "depends_on_parked", "unknown_field", …
  std::string detail;  // parameter of the reason, e.g. the place in the body
  std::uint64_t rules_version = 0;   // of the rule set that judged
  std::vector<FieldReceipt> fields;  // empty when plainly accepted
  bool operator==(const Receipt&) const = default;
};

// In force as asked, all of it, with nothing to tell.
bool is_plain(const Receipt& receipt);

// The outcome bytes that a commit stores (reason, detail, fields); empty for a plainly accepted
// set.
Bytes encode_outcome(const Receipt& receipt);
Result<void> decode_outcome(BytesView bytes, Receipt& into);

}  // namespace daybook
