// SPDX-License-Identifier: Apache-2.0
// The unit of work: what one act changed, all or nothing. A Body is encoded once into canonical
// CBOR and is carried, hashed and stored as those very bytes; everything else (link, batch,
// signature) speaks about the bytes. Grammar and worked example: CHANGE_SET.md. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"

namespace daybook {

inline constexpr std::uint64_t kBodyFormat = 1;

// When it happened, as evidence: an interval can be computed from it, nothing is ordered or decided
// by it.
struct Stamp {
  std::int64_t wall_ms = 0;  // the device's belief, ms UTC
  std::int16_t utc_offset_min = 0;
  std::int64_t steady_ms = 0;       // since boot: shows a clock that was turned back
  std::uint64_t boot = 0;           // random per boot (or per process where the OS has none)
  std::int64_t skew_ms = 0;         // device minus server at the last contact
  std::int64_t skew_bound_ms = -1;  // half round trip of that measurement; -1 = never measured
  bool operator==(const Stamp&) const = default;
};

// One field of an edit: the value the view showed (absent is not null), the base of what it showed,
// and the new value.
struct FieldEdit {
  std::string field;
  std::optional<Value> was;
  Base base;
  Value now;
  bool operator==(const FieldEdit&) const = default;
};

struct Change {
  enum class Kind : std::uint8_t { kCreate = 0, kEdit = 1 };
  RecordRef record;
  Kind kind = Kind::kCreate;
  Fields created;                // kCreate: every field of the new fact or document
  std::vector<FieldEdit> edits;  // kEdit: at least one, in canonical order of field
  bool operator==(const Change&) const = default;
};

// A value that the author of a pivot event saw and relied on ("I left for this address").
struct Claim {
  RecordRef record;
  std::string field;
  std::optional<Value> seen;
  Base base;
  bool operator==(const Claim&) const = default;
};

// Content that travels in a lane of its own. It is *promised* until its bytes arrive; the set never
// waits for it.
struct Attachment {
  Digest digest;  // SHA-256 of the content
  std::uint64_t size = 0;
  std::string media_type;
  std::string role;  // "signature", "evidence", …
  RecordRef record;  // what it belongs to
  bool operator==(const Attachment&) const = default;
};

struct Body {
  SetId id;
  Uuid salt;  // random: a hash alone must not confirm a guess of the content (redaction removes it
              // with the bytes)
  ActorId actor;
  Stamp stamp;
  std::uint64_t schema_version = 0;
  std::vector<SetId> depends;  // unsettled sets of the own lineage that this one builds upon
  std::vector<Change> changes;
  std::vector<Claim> claims;
  std::vector<Attachment> attachments;
  std::optional<SetId> replaces;  // a repair names the parked set it stands for
  bool operator==(const Body&) const = default;
};

// Checks every limit and shape rule that does not need a schema: sizes, counts, names, canonical
// order, no record twice.
Result<void> check_shape(const Body& body);

// Canonical bytes. REQUIRES: check_shape(body).ok().
Bytes encode(const Body& body);

// Strict: refuses everything encode() would not have written. Errors name the place, e.g.
// "changes[2].edits[0].now".
Result<Body> decode_body(BytesView bytes);

}  // namespace daybook
