// SPDX-License-Identifier: Apache-2.0
// Maps and sets whose changes can be taken back, so that a transaction costs what it changes and
// not what the world holds. Used by the memory store only. One thread. A Journal refers to the
// tables it was used with: they stay where they are while it holds steps.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace daybook {

// How to undo what was done, newest last.
class Journal {
 public:
  void note(std::function<void()> undo) { steps_.push_back(std::move(undo)); }
  std::size_t mark() const { return steps_.size(); }
  void undo_to(std::size_t mark) {
    while (steps_.size() > mark) {
      steps_.back()();
      steps_.pop_back();
    }
  }
  void forget() { steps_.clear(); }

 private:
  std::vector<std::function<void()>> steps_;
};

// Rows are shared and never changed in place: taking back and copying a whole table move pointers
// only.
template <class Key, class Row>
class JournaledMap {
 public:
  using Rows = std::map<Key, std::shared_ptr<const Row>>;

  const Rows& rows() const { return rows_; }
  const Row* find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second.get();
  }

  void put(Journal& journal, const Key& key, Row row) {
    auto& held = rows_[key];
    journal.note([this, key, before = held] { set_back(key, before); });
    held = std::make_shared<const Row>(std::move(row));
  }

  void erase(Journal& journal, const Key& key) {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return;
    journal.note([this, key, before = found->second] { set_back(key, before); });
    rows_.erase(found);
  }

 private:
  void set_back(const Key& key, const std::shared_ptr<const Row>& before) {
    if (before) {
      rows_[key] = before;
    } else {
      rows_.erase(key);
    }
  }

  Rows rows_;
};

template <class Key>
class JournaledSet {
 public:
  const std::set<Key>& keys() const { return keys_; }

  void add(Journal& journal, const Key& key) {
    if (keys_.insert(key).second) journal.note([this, key] { keys_.erase(key); });
  }
  void remove(Journal& journal, const Key& key) {
    if (keys_.erase(key) != 0) journal.note([this, key] { keys_.insert(key); });
  }

 private:
  std::set<Key> keys_;
};

}  // namespace daybook
