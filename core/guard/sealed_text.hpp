// SPDX-License-Identifier: Apache-2.0
// What a sealed paper says of other records, field by field, and whose work its author had seen:
// read from its text (FORM.md), and from fields of its own that repeat others ("says" of the
// schema). Used by ingest, which compares it with what stands. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "core/model/value.hpp"
#include "core/schema/covers.hpp"

namespace daybook {

struct Place {
  RecordRef record;
  std::string field;
  auto operator<=>(const Place&) const = default;
};

struct SaidThere {
  Place place;
  Value said;  // null: that there is nothing
};

struct SealedText {
  std::vector<SaidThere> words;  // of documents only: what is a row of the paper never changes
  Base seen;                     // of headquarters
};
// A paper whose text cannot be read says nothing; that its hash is wrong is told elsewhere.
SealedText read_sealed_text(const Schema& schema, const PaperRules& rules, const Fields& paper);

// The ids of the rows that the paper names.
std::set<Uuid> rows_named(const PaperRules& rules, const Fields& paper);

}  // namespace daybook
