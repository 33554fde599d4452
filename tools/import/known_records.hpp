// SPDX-License-Identifier: Apache-2.0
// The records of one collection that headquarters has already, found by id and by a business key.
// Filled from `GET /api/export/{collection}?format=ndjson`. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/result.hpp"
#include "tools/import/cells.hpp"

namespace daybook::sheet {

struct KnownRecord {
  std::string id;
  std::uint64_t version = 0;
  std::string values;  // a JSON object, read again only when a line is about this record
};

class KnownRecords {
 public:
  explicit KnownRecords(std::vector<std::string> key) : key_(std::move(key)) {}

  // A page as the server gives it, a record a line. kInvalid.
  Result<void> add(std::string_view ndjson);

  const std::vector<std::string>& key() const { return key_; }
  std::size_t size() const { return records_.size(); }
  const KnownRecord* find_id(const std::string& id) const;
  // Null when there is none; an error when there are several.
  Result<const KnownRecord*> find_key(const std::string& key) const;

 private:
  std::vector<std::string> key_;
  std::vector<KnownRecord> records_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::unordered_set<std::string> ambiguous_;
};

// The key of a record with these values, as one text; empty when a part of it is missing.
std::string key_text(const std::vector<std::string>& key, const Json& values);
// The id of a record that is imported under a key, the same on every machine and every time.
std::string id_for_key(std::string_view collection, const std::string& key);

}  // namespace daybook::sheet
