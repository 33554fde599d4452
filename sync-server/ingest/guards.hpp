// SPDX-License-Identifier: Apache-2.0
// What must hold between records, looked at after the merge and before the commit: sums of ledgers,
// business keys, and papers that customers signed. A guard refuses nothing. What does not fit is
// posted and opens one case for its subject (a balance, a key, a paper), which names every set on
// it and closes itself when later paperwork makes it fit. Used by ingest; core/guard knows what a
// record posts.
//
// Core thread only, inside the transaction of the set. What a guard knows of a subject is one small
// named fact of the store, moved by each change: nothing is summed or searched anew.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/guard/business_key.hpp"
#include "core/guard/ledger.hpp"
#include "core/guard/sealed_text.hpp"
#include "core/merge/merge.hpp"
#include "core/model/conflict_case.hpp"
#include "core/schema/covers.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

class Guards {
 public:
  explicit Guards(ServerStore& store) : store_(store) {}

  // Whose change is looked at.
  struct Act {
    SetId set;
    ActorId actor;
    Version commit = 0;
    std::int64_t now_ms = 0;
    // What its author had seen; a paper without a base of its own saw nothing of headquarters.
    DeviceId device;
    Sight sight;
    bool settles = false;
    std::function<Result<Version>(const Base&)> resolve;
  };
  // A case that a record of the set is on.
  struct Finding {
    RecordRef record;
    std::vector<std::string> fields;  // that the guard looks at
    std::string rule;
    std::uint64_t case_number = 0;
  };
  // Everything that one set does to the subjects of guards: what it gives and takes in between its
  // records is nobody's business.
  struct Noted {
    struct Sum {
      RecordRef record;
      std::vector<Posting> postings;
    };
    struct Key {
      RecordRef record;
      BusinessKey key;
      bool gone = false;
    };
    // About one record that papers are about.
    struct Paper {
      const PaperRules* rules = nullptr;
      std::vector<RecordRef> rows, left_out, sealed;
      std::vector<Place> changed;
    };
    std::map<std::string, Sum> sums;  // by the name of their subject
    std::map<std::string, std::vector<Key>> keys;
    std::map<std::string, Paper> papers;
  };

  // The guards of these rules, from now on; those that are new look at what is there, once. Cheap
  // when they are the ones of before.
  Result<void> open(const Schema& rules);
  // What open() wrote was rolled back.
  void forget() { rules_ = nullptr; }

  // What one side of a ledger alone has said for too long: a case for each. Within a group.
  Result<void> look_at_overdue(std::int64_t now_ms);

  void note(const RecordRef& record, const RecordState* before, const RecordState& after,
            Noted& into) const;
  Result<std::vector<Finding>> settle(const Noted& noted, const Act& act);

 private:
  Result<void> name_guards();
  std::string subject_of(const void* guard, const Value& value) const;
  Result<void> count_in(const std::string& collection, const std::set<std::string>& fresh);

  // ledger_guard.cpp; `act` null: what is there is counted, and no case is opened.
  Result<std::uint64_t> settle_sum(const std::string& subject, const Noted::Sum& sum,
                                   const Act* act);
  Result<void> open_overdue(const std::string& subject, const Posting& posting,
                            const RecordRef& record, const Act& act);
  // overdue.cpp
  Result<void> note_wait(const std::string& subject, const Noted::Sum& sum, const Act& act);
  // count_guard.cpp
  Result<std::uint64_t> settle_count(const std::string& subject, const Noted::Sum& sum,
                                     const Act* act);
  // paper_guard.cpp
  void note_papers(const RecordRef& record, const RecordState* before, const RecordState& after,
                   Noted& into) const;
  Result<std::vector<Finding>> settle_paper(const std::string& subject, const Noted::Paper& noted,
                                            const Act* act);
  struct PaperFile;  // what is known of the papers about one record
  Result<std::vector<RecordRef>> rows_without_paper(PaperFile& file, const Noted::Paper& noted);
  Result<void> settle_rows(PaperFile& file, const Noted::Paper& noted, bool grew, const Act& act,
                           std::vector<Finding>& findings);
  Result<void> settle_words(PaperFile& file, const Noted::Paper& noted, const Act& act,
                            std::vector<Finding>& findings);
  // unique_guard.cpp
  Result<std::uint64_t> settle_key(const std::string& subject, const std::vector<Noted::Key>& keys,
                                   const Act* act);

  Result<std::optional<ConflictCase>> find_open(std::uint64_t number);
  Result<std::uint64_t> open_case(ConflictCase conflict, const Act& act);
  Result<void> go_on(ConflictCase conflict, const Act& act);
  Result<void> close(ConflictCase conflict, const Act& act, const std::string& choice);

  ServerStore& store_;
  const Schema* rules_ = nullptr;
  // Of the ledgers and keys of the schema. A guard's declaration is its name: one that is declared
  // otherwise is another one, and looks at what is there anew.
  std::map<const void*, std::string> names_;
  std::vector<PaperRules> papers_;
  std::set<std::string> watched_;   // collections that post or have keys
  std::set<std::string> on_paper_;  // and those that papers have to do with
};

}  // namespace daybook
