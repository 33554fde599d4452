// SPDX-License-Identifier: Apache-2.0
// Values as people read them: money with its two decimals, quantities without needless zeros, times
// with their offset, references by the name of what they point to. Called by the pages of this
// room, core thread only (names are read from the store).
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"
#include "core/model/value.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// "2026-09-21 16:30 +08:00"
std::string time_text(std::int64_t ms, std::int16_t utc_offset_min);
// "1234567" with 2 decimals is "12345.67"; trailing zeros go when `trim`.
std::string decimal_text(std::int64_t number, int decimals, bool trim);
// "3.4 kB"
std::string size_text(std::uint64_t bytes);

class ValueText {
 public:
  // `sees`: whose eyes it is for, where that is not the whole house; what they do not see has no
  // name here.
  ValueText(ServerStore& store, const Schema& schema, std::int16_t utc_offset_min,
            const Territory* sees = nullptr)
      : store_(store), schema_(schema), utc_offset_min_(utc_offset_min), sees_(sees) {}

  // `field` may be null for a field the schema does not know.
  Result<std::string> of(const FieldSchema* field, const Value& value) const;
  // The name of a record: its first telling field, else the beginning of its id.
  Result<std::string> name_of(const RecordRef& record) const;
  std::string time(std::int64_t ms) const { return time_text(ms, utc_offset_min_); }

 private:
  Result<std::string> scalar(const FieldSchema* field, const Value& value) const;

  ServerStore& store_;
  const Schema& schema_;
  std::int16_t utc_offset_min_;
  const Territory* sees_;
};

}  // namespace daybook
