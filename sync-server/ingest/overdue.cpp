// SPDX-License-Identifier: Apache-2.0
// What one side of a hand-over said and the other did not, yet: noted by the hour in which it
// becomes a case, so that looking for what is due reads that and nothing else. What was settled
// meanwhile is found settled when its hour comes.
#include <algorithm>

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/ingest/guards.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kHoursMax = 24 * 366 * 20;
constexpr std::size_t kWaitsMax = 1'000'000;
constexpr std::size_t kNameMax = 256;
const std::string kHours = "guard_waits";

std::string name_of_hour(std::int64_t hour) { return kHours + "." + std::to_string(hour); }

// One account that waits.
struct Wait {
  std::string subject, ledger;
  RecordRef record;
  Value account;
  std::int64_t amount = 0;
  SetId set;
  ActorId actor;
};

Bytes encode_hours(const std::vector<std::int64_t>& hours) {
  CborWriter out;
  out.array(hours.size());
  for (const auto hour : hours) out.integer(hour);
  return out.take();
}

Result<std::vector<std::int64_t>> decode_hours(BytesView bytes) {
  CborReader in(bytes);
  std::vector<std::int64_t> hours;
  const std::size_t count = in.array("hours", kHoursMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) hours.push_back(in.integer("hour"));
  DAYBOOK_TRY(in.finish("hours"));
  return hours;
}

Bytes encode_waits(const std::vector<Wait>& waits) {
  CborWriter out;
  out.array(2).unsigned_integer(kFormat).array(waits.size());
  for (const auto& wait : waits) {
    out.array(8).text(wait.subject).text(wait.ledger).text(wait.record.collection);
    out.bytes(wait.record.id.view()).value(wait.account);
    out.integer(wait.amount).bytes(wait.set.view()).text(wait.actor);
  }
  return out.take();
}

Result<std::vector<Wait>> decode_waits(BytesView bytes) {
  CborReader in(bytes);
  std::vector<Wait> waits;
  in.array_of("waits", 2);
  in.unsigned_integer("waits.format", kFormat);
  const std::size_t count = in.array("waits.list", kWaitsMax);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    Wait wait;
    in.array_of("wait", 8);
    wait.subject = in.text("wait.subject", kNameMax);
    wait.ledger = in.text("wait.ledger", kNameMax);
    wait.record.collection = in.text("wait.collection", kNameMax);
    wait.record.id = in.fixed<Uuid>("wait.record");
    wait.account = in.value("wait.account", kValueSizeMax);
    wait.amount = in.integer("wait.amount");
    wait.set = in.fixed<SetId>("wait.set");
    wait.actor = in.text("wait.actor", kNameMax);
    waits.push_back(std::move(wait));
  }
  DAYBOOK_TRY(in.finish("waits"));
  return waits;
}

Result<std::vector<std::int64_t>> hours_in(ServerStore& store) {
  DAYBOOK_ASSIGN(const auto held, store.find_setting(kHours));
  if (!held) return std::vector<std::int64_t>{};
  return decode_hours(*held);
}

Result<std::vector<Wait>> waits_in(ServerStore& store, std::int64_t hour) {
  DAYBOOK_ASSIGN(const auto held, store.find_setting(name_of_hour(hour)));
  if (!held) return std::vector<Wait>{};
  return decode_waits(*held);
}

}  // namespace

Result<void> Guards::note_wait(const std::string& subject, const Noted::Sum& sum, const Act& act) {
  const Posting& posting = sum.postings.back();
  const std::int64_t due_ms = act.now_ms + posting.within_hours * kHourMs;
  const std::int64_t hour = due_ms / kHourMs + 1;
  DAYBOOK_ASSIGN(auto hours, hours_in(store_));
  const auto at = std::lower_bound(hours.begin(), hours.end(), hour);
  if (at == hours.end() || *at != hour) {
    hours.insert(at, hour);
    DAYBOOK_TRY(store_.put_setting(kHours, encode_hours(hours)));
  }
  DAYBOOK_ASSIGN(auto waits, waits_in(store_, hour));
  waits.push_back({subject, posting.ledger->name, sum.record, posting.account, posting.amount,
                   act.set, act.actor});
  return store_.put_setting(name_of_hour(hour), encode_waits(waits));
}

Result<void> Guards::look_at_overdue(std::int64_t now_ms) {
  DAYBOOK_ASSIGN(auto hours, hours_in(store_));
  const auto not_yet = std::upper_bound(hours.begin(), hours.end(), now_ms / kHourMs);
  if (not_yet == hours.begin()) return {};
  DAYBOOK_ASSIGN(const auto head, store_.head());
  for (auto hour = hours.begin(); hour != not_yet; ++hour) {
    DAYBOOK_ASSIGN(const auto waits, waits_in(store_, *hour));
    for (const auto& wait : waits) {
      const auto ledger =
          std::find_if(rules_->ledgers.begin(), rules_->ledgers.end(),
                       [&](const LedgerSchema& each) { return each.name == wait.ledger; });
      // Declared otherwise since: its accounts are others.
      if (ledger == rules_->ledgers.end() || !wait.subject.starts_with(names_.at(&*ledger)))
        continue;
      const Posting posting{&*ledger, nullptr, wait.account, wait.amount, wait.record, 0, 0};
      Act act;
      act.set = wait.set;
      act.actor = wait.actor;
      act.commit = head.version;
      act.now_ms = now_ms;
      DAYBOOK_TRY(open_overdue(wait.subject, posting, wait.record, act));
    }
    DAYBOOK_TRY(store_.put_setting(name_of_hour(*hour), encode_waits({})));
  }
  hours.erase(hours.begin(), not_yet);
  return store_.put_setting(kHours, encode_hours(hours));
}

}  // namespace daybook
