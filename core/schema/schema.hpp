// SPDX-License-Identifier: Apache-2.0
// The rules as data: collections, fields, types, limits, exactly one merge rule per field, events,
// references, scopes, indexes. Loaded from JSON (load.hpp) by abi and app and handed to everyone
// else as a value; the engine knows no collection by name. See SCHEMA.md. Immutable after loading;
// may be read from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/model/severity.hpp"
#include "core/model/value.hpp"

namespace daybook {

enum class FieldType : std::uint8_t {
  kBool,
  kInt,
  kText,
  kBytes,
  kDigest,     // 32 bytes
  kReference,  // 16 bytes: id of a record in `references`
  kTime,       // int64 ms UTC
  kMoney,      // int64 minor units
  kQuantity,   // int64 thousandths
  kGeo,        // int64 degrees x 10^7
  kTextList,
  kReferenceList,
  kStrokes,  // what a pen drew, as bytes: core/model/STROKES.md
};
std::string_view name_of(FieldType type);

enum class RuleKind : std::uint8_t {
  kImmutable,
  kAppend,
  kOffice,
  kTechnician,
  kOfficeUntil,
  kThreeWay,
  kGrows,
  kAddWins,
  kKeepBoth,
  kSealed,
  kAskHuman,
  kTechnicianUntil,
  kFirstWins,
  kServer,
  kStateFromEvents,
};

// Whose act it is.
enum class Side : std::uint8_t { kOffice, kTechnician };

// What stands while a person has not decided: one side's value, or one value whoever gave it.
// Smaller and larger go by number, and for texts by their place in the field's `values`.
enum class SafeDefault : std::uint8_t { kOffice, kTechnician, kSmaller, kLarger, kFirst };
std::string_view name_of(SafeDefault safe_default);

// A step that a state may take, under state_from_events.
struct Transition {
  std::string from, to;
  bool operator==(const Transition&) const = default;
};

struct FieldRule {
  RuleKind kind = RuleKind::kAskHuman;
  std::string event;  // kOfficeUntil, kTechnicianUntil, kSealed
  // kThreeWay: kOffice, kTechnician, kKeepBoth or kAskHuman. kFirstWins: kAskHuman where who comes
  // second is a case, else kFirstWins.
  RuleKind fallback = RuleKind::kAskHuman;
  SafeDefault safe_default = SafeDefault::kOffice;  // kAskHuman (also as fallback of kThreeWay)
  std::vector<Transition> transitions;              // kStateFromEvents
  bool operator==(const FieldRule&) const = default;
};
// As written in the schema: "office_until(departed)", "three_way(ask_human)".
std::string to_string(const FieldRule& rule);

// What a field becomes, at once, when a case opens about one of `fields` of the same record: a
// charge is held while a person looks at what it rests on.
struct Hold {
  std::vector<std::string> fields;  // empty: nothing
  Value as;
  bool operator==(const Hold&) const = default;
};

struct FieldSchema {
  std::string name;
  FieldType type = FieldType::kText;
  std::string references;  // collection, for references
  bool required = false;   // a create without it is refused at commit()
  bool follow = false;     // a reference that brings its target into the scopes of this record
  bool indexed = false;
  std::uint32_t size_max = 0;  // bytes of text, items of a list; 0 = the format's own limit
  std::optional<std::int64_t> min, max;  // integers
  std::vector<std::string>
      values;  // allowed texts; empty = any. Unknown ones are preserved, commit() refuses them.
  FieldRule rule;
  Hold hold;
  std::string group;                 // fields of one group only move together; may be empty
  bool four_eyes = false;            // a decision on it takes two people
  bool only_by_act = false;          // at headquarters: only_by_act.hpp
  std::optional<Severity> severity;  // of cases about it; without it, their kind says
  std::string label_zh, label_en;
};

// An event happens to a document when a fact of `fact` whose `where` fields match is posted with
// `about` naming the document, or when the document's own field takes the value.
struct EventSchema {
  std::string name;   // "departed"
  std::string fact;   // collection of the fact; empty = the document's own field
  std::string about;  // reference field in the fact
  std::string field;  // field that is compared
  Value equals;
};

// Fields that together name one thing of the world, a serial number say: no two records of the
// collection should have the same. A record where `unless` is filled (merged into another one) does
// not count.
struct UniqueKey {
  std::vector<std::string> fields;
  std::string unless;  // may be empty
};

inline constexpr std::int64_t kWithinHoursMax = 24 * 366 * 10;

// What the records of one collection do to a ledger: each posts an amount to an account.
struct LedgerEntry {
  std::string collection;
  std::vector<std::string> account;  // fields that name it together; "id" is the record itself
  std::string amount;                // a number; empty: each record counts one
  bool takes = false;                // else gives
  bool states = false;  // instead of both: says how much the account holds, counted by a person
  std::string at;       // a time: when it was so; only in ledgers where an entry states
  std::string within;   // a number: of hours, until when what it gives is to be taken; may be empty
  std::vector<std::pair<std::string, Value>> where;  // only records whose fields are these
};

// Sums by account, kept by the server and never synced. A sum out of bounds opens a case and
// refuses nothing: what was posted happened.
struct LedgerSchema {
  std::string name;
  std::vector<LedgerEntry> entries;
  std::int64_t at_least = 0;
  bool two_sided = false;  // instead: once both sides are there, what was given is what was taken
  // An entry states: every entry says when, and what was counted is what had moved until then.
  bool is_counted() const;
  // Two-sided: what one side alone has said for so long opens a case too. 0: never.
  std::uint32_t within_hours = 0;
  // One-sided: an entry says within how many hours what it gives is taken, or it opens a case.
  bool is_awaited() const;
  std::vector<std::string> outside;  // last fields of accounts that are not kept: supplier, scrap
  std::string label_zh, label_en;
};

struct CollectionSchema {
  std::string name;
  bool is_fact = false;  // created once, never edited; never meets the merge
  std::string parent;    // reference field whose target's scopes this record shares (a swap follows
                         // its visit); may be empty
  std::string
      scope_field;  // text field naming the person: root of the scope "user:<value>"; may be empty
  bool shared = false;             // in the scope "shared" of every device (catalogue)
  bool only_by_act = false;        // nobody writes its records himself: only_by_act.hpp
  std::string organisation_field;  // reference to an organisation: root of "organisation:<id>"; may
                                   // be empty
  std::vector<FieldSchema> fields;
  std::vector<EventSchema> events;  // of documents
  std::vector<UniqueKey> unique;
  std::string label_zh, label_en;

  const FieldSchema* find(std::string_view field) const;
  const EventSchema* find_event(std::string_view event) const;
};

// The company's branches and outlets, and who works where: what an office account that is bound to
// one of them sees.
struct OrganisationSchema {
  std::string tree;    // the collection; its organisation_field names the one above. Empty: none
  std::string people;  // their scope_field is the login, their organisation_field where they work
  bool operator==(const OrganisationSchema&) const = default;
};

// Who may do an act, and where a view stands.
enum class Where : std::uint8_t { kPhone, kOffice, kBoth };

// A derived table: one SELECT over collections and the views before it. Never synced: a phone and
// headquarters compute it from the same records, so a phone's row is its forecast.
struct ViewSchema {
  std::string name;
  Where at = Where::kBoth;
  std::string sql;
  std::string label_zh, label_en;
};

// What has to be so before an act, in SQL, and what people are told when it is not.
struct ActCondition {
  std::string holds;
  std::string say_zh, say_en;
  bool warn = false;  // told, but who insists may go on
  bool operator==(const ActCondition&) const = default;
};

// A field and the SQL that gives its value; no SQL: it becomes empty.
using FieldExpressions = std::vector<std::pair<std::string, std::string>>;

struct ActCreation {
  std::string collection;
  std::string as;    // what the record is called inside the act: its id is :new_<as>
  std::string when;  // SQL; empty: always
  FieldExpressions set;
  bool operator==(const ActCreation&) const = default;
};

// What a person does: what it takes, what must be so first, and the one change set it becomes.
struct ActSchema {
  std::string name;
  Where by = Where::kPhone;        // kPhone: the technician
  std::string about;               // collection of the record it is done to; empty: it stands alone
  std::vector<FieldSchema> takes;  // arguments; as fields without a rule
  std::vector<ActCondition> conditions;
  std::vector<ActCreation> creates;
  FieldExpressions sets;  // fields of the record it is about
  std::string label_zh, label_en;

  const FieldSchema* find_argument(std::string_view argument) const;
};
std::string_view name_of_side(Where side);    // "technician", "office", "both"
std::string_view name_of_place(Where place);  // "phone", "office", "both"

// As people write them: "unique(phones, address)", "movement: + quantity to part, to".
std::string to_string(const UniqueKey& key);
std::string to_string(const LedgerSchema& ledger);

class Schema {
 public:
  std::uint64_t version = 0;
  std::string name;
  std::vector<CollectionSchema> collections;
  OrganisationSchema organisations;
  std::vector<LedgerSchema> ledgers;
  std::vector<ViewSchema> views;  // in the order of the file: each sees those before it
  std::vector<ActSchema> acts;
  // Hours from opening a case to its deadline, by severity; 0 = none.
  std::array<std::uint32_t, kSeverities.size()> deadline_hours{};
  Digest digest;       // SHA-256 of the JSON text as loaded
  std::string source;  // that text, so it can be sent and stored

  const CollectionSchema* find(std::string_view collection) const;
  const ViewSchema* find_view(std::string_view view) const;
  const ActSchema* find_act(std::string_view act) const;
};

}  // namespace daybook
