// SPDX-License-Identifier: Apache-2.0
// The part of OpenHandle that is about the office: exchange, status, receipts, own sets, and the
// two calls that delete.
#include "client-lib/abi/answers.hpp"
#include "client-lib/abi/open_handle.hpp"
#include "core/base/hex.hpp"
#include "core/platform/sqlite/connection.hpp"

namespace daybook::abi {
namespace {

constexpr std::size_t kReceiptsMax = 10'000;

bool belongs_to(WhichSets which, const SetSummary& set) {
  const std::string_view state = state_name(set);
  switch (which) {
    case WhichSets::kUnsettled: return true;
    case WhichSets::kUnsent: return state == "unsent";
    case WhichSets::kStored: return state == "stored";
    case WhichSets::kParked: return state == "parked";
  }
  return false;
}

template <class Rows>
std::string receipts_json(const Rows& rows, const Schema* schema) {
  JsonWriter out;
  out.begin_array();
  for (const ReceiptRow& row : rows) write_receipt(out, row, schema);
  out.end_array();
  return out.take();
}

}  // namespace

Result<void> OpenHandle::start_sync() {
  const std::scoped_lock lock(life_mutex_);
  DAYBOOK_ASSIGN(const auto known, enrolment());
  if (!known) return failure(Errc::kClosed, "device", "not enrolled");
  DAYBOOK_TRY(courier_->start(*known));
  return attachments_->start(*known);
}

Result<void> OpenHandle::stop_sync() {
  const std::scoped_lock lock(life_mutex_);
  courier_->stop();
  attachments_->stop();
  return success();
}

Result<void> OpenHandle::sync_now() {
  if (!courier_->started()) return failure(Errc::kClosed, "sync", "not started");
  const auto asked = worker_->ask<bool>([](Desk& desk) -> Result<bool> {
    desk.core->sync_now();
    return true;
  });
  if (!asked.ok()) return asked.error();
  courier_->wake();
  attachments_->wake();
  return success();
}

Result<void> OpenHandle::set_network(Network network) {
  courier_->set_network(network);
  attachments_->set_network(network);
  // Hosts tell when something has changed (another cell, a tunnel's end): no retry need be waited
  // out.
  if (network != Network::kOffline && courier_->started()) return sync_now();
  return success();
}

Result<void> OpenHandle::wait_idle(std::int64_t timeout_ms) {
  return courier_->wait_idle(timeout_ms);
}

Surroundings OpenHandle::surroundings() {
  return {clock_.wall_ms(), clock_.utc_offset_min(), courier_->started(), courier_->network()};
}

Result<std::string> OpenHandle::status() {
  DAYBOOK_ASSIGN(const auto status,
                 worker_->ask<ClientStatus>([](Desk& desk) { return desk.core->status(); }));
  JsonWriter out;
  write_status(out, status, surroundings());
  return out.take();
}

Result<std::string> OpenHandle::counters() {
  JsonWriter out;
  out.begin_object();
  courier_->write_counters(out);
  const AttachmentCounters contents = attachments_->counters();
  out.key("contents_up").count(contents.bytes_up);
  out.key("contents_resent").count(contents.bytes_resent);
  out.key("contents_down").count(contents.bytes_down);
  out.key("contents_proven").count(contents.proven).end_object();
  return out.take();
}

Result<std::string> OpenHandle::receipts_of(const SetId& set) {
  DAYBOOK_ASSIGN(const auto rows, worker_->ask<std::vector<ReceiptRow>>(
                                      [&](Desk& desk) { return desk.store->receipts_of(set); }));
  return receipts_json(rows, rules().get());
}

Result<std::string> OpenHandle::receipts_since(std::uint64_t ordinal, std::uint64_t count_max) {
  DAYBOOK_ASSIGN(auto rows, worker_->ask<std::vector<ReceiptRow>>(
                                [](Desk& desk) { return desk.store->receipts_after(0); }));
  std::erase_if(rows, [&](const ReceiptRow& row) { return row.ordinal <= ordinal; });
  const std::uint64_t most = std::min<std::uint64_t>(count_max, kReceiptsMax);
  if (rows.size() > most) rows.resize(static_cast<std::size_t>(most));
  return receipts_json(rows, rules().get());
}

Result<std::string> OpenHandle::own_sets(WhichSets which) {
  DAYBOOK_ASSIGN(const auto sets, worker_->ask<std::vector<SetSummary>>(
                                      [](Desk& desk) { return desk.core->unsettled_sets(); }));
  JsonWriter out;
  out.begin_array();
  for (const SetSummary& set : sets) {
    if (belongs_to(which, set)) write_set(out, set);
  }
  out.end_array();
  return out.take();
}

Result<std::string> OpenHandle::find_set(const SetId& id) {
  DAYBOOK_ASSIGN(const auto set, worker_->ask<std::optional<SetSummary>>(
                                     [&](Desk& desk) { return desk.core->find_set(id); }));
  if (!set) return failure(Errc::kNotFound, "set", to_string(id));
  JsonWriter out;
  write_set(out, *set);
  return out.take();
}

Result<void> OpenHandle::discard_set(const SetId& set, bool with_dependents) {
  const auto discarded = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->discard_set(set, with_dependents));
    return true;
  });
  if (!discarded.ok()) return discarded.error();
  return success();
}

Result<void> OpenHandle::wipe(std::string_view confirmation) {
  const std::scoped_lock lock(life_mutex_);
  DAYBOOK_ASSIGN(const auto known, enrolment());
  if (!known) return failure(Errc::kClosed, "device", "not enrolled");
  const auto confirmed = uuid_from(confirmation);
  if (!confirmed || *confirmed != known->device)
    return failure(Errc::kInvalid, "confirmation", "not the device id");
  if (doors_.open_count() != 0)
    return failure(Errc::kBusy, "statement", "close what is open first");
  courier_->stop();
  attachments_->stop();
  const auto wiped = worker_->ask<bool>([this](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->wipe());
    asker_.reset();
    return true;
  });
  if (!wiped.ok()) return wiped.error();
  return remove_all_contents();
}

Result<std::string> OpenHandle::inspect() {
  DAYBOOK_ASSIGN(const std::string about_device, device());
  DAYBOOK_ASSIGN(const std::string about_status, status());
  DAYBOOK_ASSIGN(const std::string about_counters, counters());
  DAYBOOK_ASSIGN(const std::string unsettled, own_sets(WhichSets::kUnsettled));
  DAYBOOK_ASSIGN(const auto pragmas, doors_.pragmas());
  JsonWriter out;
  out.begin_object().key("sqlite").text(sqlite::library_version()).key("device").raw(about_device);
  out.key("status")
      .raw(about_status)
      .key("counters")
      .raw(about_counters)
      .key("sets")
      .raw(unsettled);
  out.key("pragmas").begin_object();
  for (const auto& [name, value] : pragmas) out.key(name).text(value);
  out.end_object();
  write_view_trouble(out);
  out.end_object();
  return out.take();
}

}  // namespace daybook::abi
