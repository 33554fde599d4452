// SPDX-License-Identifier: Apache-2.0
// What distinguishes two schemas, one finding for each thing that a person would name. Used by the
// command line's `rules diff`, and before a schema is published: some changes would make nonsense
// of records that are there. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/schema/schema.hpp"

namespace daybook {

struct SchemaChange {
  enum class Kind : std::uint8_t {
    kCollectionAdded,
    kCollectionRemoved,
    kCollectionKind,  // document or fact
    kScope,           // who sees its records: scope_field, parent, shared
    kOrganisation,    // which organisation they belong to; without collection: where the tree is
    kEventAdded,
    kEventRemoved,
    kEventChanged,
    kFieldAdded,
    kFieldRemoved,
    kFieldType,
    kFieldReference,  // what it refers to, and whether it brings that into scope
    kFieldRule,
    kFieldLimits,
    kFieldLabel,
    kUnique,          // the business keys of a collection
    kLedger,          // `collection` is "ledgers"
    kView,            // `collection` is "views"
    kAct,             // `collection` is "acts"; `name` with the part: "take_over.requires"
    kFieldCaseTerms,  // four_eyes, severity
    kDeadlines,       // of cases; of no collection
  };
  Kind kind = Kind::kFieldRule;
  std::string collection;
  std::string name;           // of the field or event; empty for the collection itself
  std::string before, after;  // as the schema file writes them; empty where there is nothing
  bool operator==(const SchemaChange&) const = default;
};

// In the order of the collections and fields of `after`, what is gone behind it.
std::vector<SchemaChange> compare(const Schema& before, const Schema& after);

// Whether records written under the one would be misread under the other.
bool misreads_records(const SchemaChange& change);

// One line for people.
std::string sentence_of(const SchemaChange& change, bool chinese);

}  // namespace daybook
