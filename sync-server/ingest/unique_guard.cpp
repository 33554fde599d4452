// SPDX-License-Identifier: Apache-2.0
// One business key: the records that are known by it, and its case while there are several.
#include <algorithm>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/ingest/guards.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kFormat = 1;
// A key that everybody uses names nothing; beyond this nobody would look at them one by one.
constexpr std::size_t kHoldersMax = 256;

struct Holder {
  Uuid record;
  SetId set;  // that gave it the key; zero where it was there before the guard
};
struct Holders {
  std::uint64_t case_number = 0;
  std::vector<Holder> all;  // in the order of their commits
};

Bytes encode(const Holders& holders) {
  CborWriter out;
  out.array(3).unsigned_integer(kFormat).unsigned_integer(holders.case_number);
  out.array(holders.all.size());
  for (const auto& holder : holders.all)
    out.array(2).bytes(holder.record.view()).bytes(holder.set.view());
  return out.take();
}

Result<Holders> decode_holders(BytesView bytes) {
  CborReader in(bytes);
  Holders holders;
  in.array_of("holders", 3);
  in.unsigned_integer("holders.format", kFormat);
  holders.case_number = in.unsigned_integer("holders.case");
  const std::size_t count = in.array("holders.all", kHoldersMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    in.array_of("holder", 2);
    const auto record = in.fixed<Uuid>("holder.record");
    holders.all.push_back({record, in.fixed<SetId>("holder.set")});
  }
  DAYBOOK_TRY(in.finish("holders"));
  return holders;
}

ConflictCase case_about(const RecordRef& record, const BusinessKey& key, const Holders& holders) {
  ConflictCase conflict;
  conflict.kind = CaseKind::kContested;
  conflict.record = record;
  conflict.field = key.rule->fields.front();
  conflict.rule = to_string(*key.rule);
  conflict.office_value = Value::text(to_string(holders.all.front().record));
  conflict.device_value = key.value;
  conflict.detail = to_string(key.value);
  for (const auto& holder : holders.all) {
    if (!holder.set.is_zero()) conflict.trail.push_back(holder.set);
  }
  return conflict;
}

}  // namespace

Result<std::uint64_t> Guards::settle_key(const std::string& subject,
                                         const std::vector<Noted::Key>& keys, const Act* act) {
  DAYBOOK_ASSIGN(const auto held, store_.find_setting(subject));
  Holders holders;
  if (held) {
    DAYBOOK_ASSIGN(holders, decode_holders(*held));
  }
  auto& all = holders.all;
  const Noted::Key* newcomer = nullptr;
  for (const auto& key : keys) {
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Holder& holder) { return holder.record == key.record.id; }),
              all.end());
    if (key.gone) continue;
    newcomer = &key;
    if (all.size() < kHoldersMax)
      all.push_back({key.record.id, act == nullptr ? SetId{} : act->set});
  }
  const bool contested = all.size() > 1;
  std::uint64_t on_case = 0;
  if (act != nullptr) {
    DAYBOOK_ASSIGN(auto open, find_open(holders.case_number));
    if (open && !contested) {
      DAYBOOK_TRY(close(*std::move(open), *act, "unique"));
    } else if (open) {
      on_case = open->number;
      DAYBOOK_TRY(go_on(*std::move(open), *act));
    } else if (contested && newcomer != nullptr) {
      ConflictCase conflict = case_about(newcomer->record, newcomer->key, holders);
      DAYBOOK_ASSIGN(on_case, open_case(std::move(conflict), *act));
      holders.case_number = on_case;
    }
  }
  DAYBOOK_TRY(store_.put_setting(subject, encode(holders)));
  return on_case;
}

}  // namespace daybook
