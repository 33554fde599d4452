// SPDX-License-Identifier: Apache-2.0
// A sealed paper: what the customer saw, as bytes whose SHA-256 is signed. Written by the phone
// when it presents, read again by headquarters and by whoever checks the evidence. Grammar and a
// worked example: FORM.md. Pure; any thread. Bytes from outside are bounded and have one form only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"

namespace daybook {

inline constexpr std::size_t kFormRecordsMax = 4000;
inline constexpr std::size_t kFormBytesMax = 1 << 20;  // of the whole paper

// One record as it stood under the customer's eyes.
struct FormRecord {
  RecordRef record;
  Fields values;
  bool operator==(const FormRecord&) const = default;
};

// What the paper vouches for beside its own text: a photo by the hash of its bytes, a row by the
// hash of its values as the content has them.
struct ManifestItem {
  std::string kind;  // the collection
  Uuid id;
  Digest digest;
  std::uint64_t size = 0;  // bytes of what was hashed
  bool operator==(const ManifestItem&) const = default;
};

struct OwnWork {
  IncarnationId incarnation;
  std::uint64_t seq = 0;
  bool operator==(const OwnWork&) const = default;
};

// Whose work the customer saw: everything the office had through `office`, and of the phone's own
// incarnations everything through their seq.
struct IncludedUpto {
  Base office;
  std::vector<OwnWork> own;
  bool operator==(const IncludedUpto&) const = default;
};

struct SealedForm {
  std::string paper;  // "form", "survey": one signature never covers two papers
  Uuid id;
  std::uint64_t version = 1;
  std::optional<Digest> previous;  // content hash of the version that this one amends
  std::string reason;              // of the amendment; empty in version 1
  Uuid subject;                    // the visit
  std::string rules;               // name of the rule set that says how the paper looks
  std::uint64_t rules_version = 0;
  std::vector<FormRecord> records;  // sorted by collection and id
  std::vector<ManifestItem> manifest;
  IncludedUpto included_upto;
  bool operator==(const SealedForm&) const = default;
};

// The three parts as they are stored.
struct FormParts {
  Bytes content, manifest, included_upto;
  bool operator==(const FormParts&) const = default;
};
// Of a paper's record; a part that is not there is empty.
FormParts form_parts_of(const Fields& paper);

// kTooLarge at `form` when it is more than the limits allow; kInvalid when records stand out of
// order or twice.
Result<FormParts> encode_form(const SealedForm& form);
// Strict: takes only what encode_form() writes.
Result<SealedForm> decode_form(const FormParts& parts);

// The bytes that are signed: "daybook form 1\n", then each part behind its length in eight bytes,
// big-endian. `sha256sum` of a file that holds them is the content hash.
Bytes signed_bytes(const FormParts& parts);
Digest content_hash(const FormParts& parts);
// Takes signed bytes apart again. kInvalid where lengths or tag do not fit.
Result<FormParts> split_signed_bytes(BytesView bytes);

// The hash and size of a row's values, as the manifest has them.
ManifestItem manifest_row(const FormRecord& row);

}  // namespace daybook
