// SPDX-License-Identifier: Apache-2.0
// The rule set in force at headquarters, which a publication replaces while everybody works. Rooms
// that live longer than one request hold Rules and look up the set each time; whoever looked it up
// may keep it, for it stays as it is while the book lives.
//
// Thread rule: put_in_force() by the core thread between two groups; all else by anybody.
#pragma once

#include <atomic>
#include <deque>

#include "core/schema/own_collection.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

class RuleBook {
 public:
  explicit RuleBook(Schema first);
  RuleBook(const RuleBook&) = delete;
  RuleBook& operator=(const RuleBook&) = delete;

  const Schema& in_force() const { return *in_force_.load(std::memory_order_acquire); }
  void put_in_force(Schema next);

 private:
  std::deque<Schema> sets_;  // all of them: they are few, and may be in use
  std::atomic<const Schema*> in_force_{nullptr};
};

// The set in force of a book, or one that is fixed; copied like a pointer.
class Rules {
 public:
  Rules(const Schema& fixed) : fixed_(&fixed) {}  // NOLINT(google-explicit-constructor)
  Rules(const RuleBook& book) : book_(&book) {}   // NOLINT(google-explicit-constructor)
  Rules(Schema&&) = delete;

  const Schema& now() const { return book_ != nullptr ? book_->in_force() : *fixed_; }
  operator const Schema&() const { return now(); }  // NOLINT(google-explicit-constructor)
  const Schema* operator->() const { return &now(); }

 private:
  const Schema* fixed_ = nullptr;
  const RuleBook* book_ = nullptr;
};

}  // namespace daybook
