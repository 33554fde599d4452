// SPDX-License-Identifier: Apache-2.0
// What a sealed paper covers, as the schema says it under "covers": which fields of which records
// are its content, what has evidence, what must be so before it is shown, and after which change
// the customer signs again. Read by the phone that makes the paper and by headquarters' guard that
// looks for work outside of it. Values; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// SQL over the phone's collections that must hold; `:about` is the id of the record that the paper
// is about, as text.
struct PaperRequirement {
  std::string holds;
  std::string zh, en;
};

// The fields of one collection that are content; none named: all of them.
struct CoveredCollection {
  std::string collection;
  std::vector<std::string> fields;
};

struct EvidenceFields {
  std::string collection;
  std::string digest, size;  // names of its fields
};

// Rows that a fact took back: those that `fact` refers to with its field `names`.
struct TakenBack {
  std::string collection;
  std::string fact, names;
};

// A field of the paper itself that repeats what a record had which the paper refers to.
struct Repeated {
  std::string field;             // "serial_seen"
  std::string reference, names;  // "unit", "serial_no"
};

struct PaperRules {
  std::string paper;    // the collection whose records are the papers
  std::string about;    // its reference, and that of every row, to what the paper is about
  std::string subject;  // the collection of that
  std::string rows;     // its text list: the ids of the rows it covers
  std::string version;  // its number, 1 for the first
  std::vector<CoveredCollection> content;
  std::vector<EvidenceFields> evidence;
  std::vector<TakenBack> leaves_out;
  std::vector<Repeated> says;
  std::vector<std::string> sign_again;  // "part_swap", "visit.category"
  std::vector<PaperRequirement> requirements;

  const CoveredCollection* find(std::string_view collection) const;
  bool covers(std::string_view collection, std::string_view field) const;
  // A fact about the subject that the paper should name.
  bool is_row(const Schema& schema, std::string_view collection) const;
  // What takes rows of the collection back; null: nothing does.
  const TakenBack* find_taken_back(std::string_view collection) const;
  bool needs_signature(std::string_view collection, std::string_view field) const;
};

// What the paper covers, in one line; two that cover the same have the same.
std::string to_string(const PaperRules& rules);

// The papers of a schema, read from its text; held against its fields already when it was loaded.
Result<std::vector<PaperRules>> load_papers(const Schema& schema);

}  // namespace daybook
