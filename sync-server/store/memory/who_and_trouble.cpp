// SPDX-License-Identifier: Apache-2.0
// The second half of the memory store: devices and people, trouble, and what is kept. The first
// half is memory_server_store.cpp.
#include <algorithm>

#include "sync-server/store/memory/memory_server_store.hpp"

namespace daybook {

namespace {

template <class Row>
std::optional<Row> copy_of_row(const Row* row) {
  return row ? std::optional<Row>(*row) : std::nullopt;
}

template <class Rows>
auto copies_of(const Rows& rows) {
  std::vector<std::remove_cv_t<typename Rows::mapped_type::element_type>> copies;
  copies.reserve(rows.size());
  for (const auto& [key, row] : rows) copies.push_back(*row);
  return copies;
}

}  // namespace

// --- who ---

Result<std::optional<DeviceRow>> MemoryServerStore::find_device(const DeviceId& device) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.devices.find(device));
}

Result<void> MemoryServerStore::put_device(const DeviceRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.devices.put(journal_, row.device, row);
  return success();
}

Result<std::vector<DeviceRow>> MemoryServerStore::list_devices() {
  DAYBOOK_TRY(check_standing());
  return copies_of(tables_.devices.rows());
}

Result<std::optional<ContactRow>> MemoryServerStore::find_contact(const DeviceId& device) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.contacts.find(device));
}

Result<void> MemoryServerStore::put_contact(const ContactRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.contacts.put(journal_, row.device, row);
  return success();
}

Result<std::optional<LineageRow>> MemoryServerStore::find_lineage(
    const DeviceId& device, const IncarnationId& incarnation) {
  DAYBOOK_TRY(check_standing());
  const auto* lineage = tables_.lineage_of_incarnation.find({device, incarnation});
  return lineage ? copy_of_row(tables_.lineages.find(*lineage)) : std::nullopt;
}

Result<std::optional<LineageRow>> MemoryServerStore::load_lineage(Lineage lineage) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.lineages.find(lineage));
}

Result<std::vector<LineageRow>> MemoryServerStore::lineages_of(const DeviceId& device) {
  DAYBOOK_TRY(check_standing());
  std::vector<LineageRow> rows;
  for (const auto& [lineage, row] : tables_.lineages.rows()) {
    if (row->device == device) rows.push_back(*row);
  }
  return rows;
}

Result<Lineage> MemoryServerStore::put_lineage(const LineageRow& row) {
  DAYBOOK_TRY(check_writing());
  const auto* known = tables_.lineage_of_incarnation.find({row.device, row.incarnation});
  LineageRow kept = row;
  if (row.lineage == 0) {
    if (known) return failure(Errc::kAlreadyExists, "lineage.incarnation");
    const auto& rows = tables_.lineages.rows();
    kept.lineage = rows.empty() ? 1 : rows.rbegin()->first + 1;
    tables_.lineage_of_incarnation.put(journal_, {row.device, row.incarnation}, kept.lineage);
  } else if (!known || *known != row.lineage) {
    return failure(Errc::kNotFound, "lineage.lineage");
  }
  tables_.lineages.put(journal_, kept.lineage, kept);
  return kept.lineage;
}

Result<std::optional<UserRow>> MemoryServerStore::find_user(const ActorId& actor) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.users.find(actor));
}

Result<void> MemoryServerStore::put_user(const UserRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.users.put(journal_, row.actor, row);
  return success();
}

Result<std::vector<UserRow>> MemoryServerStore::list_users() {
  DAYBOOK_TRY(check_standing());
  return copies_of(tables_.users.rows());
}

Result<void> MemoryServerStore::put_token(const TokenRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.tokens.put(journal_, row.token, row);
  return success();
}

Result<void> MemoryServerStore::erase_token(const Uuid& token) {
  DAYBOOK_TRY(check_writing());
  tables_.tokens.erase(journal_, token);
  return success();
}

Result<std::vector<TokenRow>> MemoryServerStore::list_tokens() {
  DAYBOOK_TRY(check_standing());
  auto rows = copies_of(tables_.tokens.rows());
  std::sort(rows.begin(), rows.end(), [](const TokenRow& a, const TokenRow& b) {
    return std::tie(a.created_ms, a.token) < std::tie(b.created_ms, b.token);
  });
  return rows;
}

Result<void> MemoryServerStore::put_webhook(const WebhookRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.webhooks.put(journal_, row.webhook, row);
  return success();
}

Result<void> MemoryServerStore::erase_webhook(const Uuid& webhook) {
  DAYBOOK_TRY(check_writing());
  tables_.webhooks.erase(journal_, webhook);
  return success();
}

Result<std::vector<WebhookRow>> MemoryServerStore::list_webhooks() {
  DAYBOOK_TRY(check_standing());
  return copies_of(tables_.webhooks.rows());
}

Result<void> MemoryServerStore::put_enrol_code(const EnrolCodeRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.enrol_codes.put(journal_, row.code_hash, row);
  return success();
}

Result<std::optional<EnrolCodeRow>> MemoryServerStore::find_enrol_code(const Digest& code_hash) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.enrol_codes.find(code_hash));
}

Result<void> MemoryServerStore::erase_enrol_code(const Digest& code_hash) {
  DAYBOOK_TRY(check_writing());
  tables_.enrol_codes.erase(journal_, code_hash);
  return success();
}

Result<bool> MemoryServerStore::use_nonce(const Digest& nonce, std::int64_t expires_ms,
                                          std::int64_t now_ms) {
  DAYBOOK_TRY(check_writing());
  const auto& by_expiry = tables_.nonces_by_expiry.keys();
  while (!by_expiry.empty() && by_expiry.begin()->first < now_ms) {
    const auto expired = *by_expiry.begin();
    tables_.nonces_by_expiry.remove(journal_, expired);
    tables_.nonces.erase(journal_, expired.second);
  }
  if (tables_.nonces.find(nonce)) return false;
  tables_.nonces.put(journal_, nonce, expires_ms);
  tables_.nonces_by_expiry.add(journal_, {expires_ms, nonce});
  return true;
}

// --- trouble ---

Result<void> MemoryServerStore::put_case(const ConflictCase& conflict) {
  DAYBOOK_TRY(check_writing());
  if (conflict.number == 0) return failure(Errc::kInvalid, "case.number");
  if (const auto* before = tables_.cases.find(conflict.number)) {
    const OpenCase key{before->kind, before->record, before->field, before->device};
    tables_.open_cases.remove(journal_, {key, conflict.number});
  }
  if (conflict.state == CaseState::kOpen) {
    const OpenCase key{conflict.kind, conflict.record, conflict.field, conflict.device};
    tables_.open_cases.add(journal_, {key, conflict.number});
  }
  tables_.cases_of_record.add(journal_, {conflict.record, conflict.number});
  tables_.cases.put(journal_, conflict.number, conflict);
  return success();
}

Result<std::uint64_t> MemoryServerStore::next_case_number() {
  DAYBOOK_TRY(check_standing());
  const auto& rows = tables_.cases.rows();
  return rows.empty() ? std::uint64_t{1} : rows.rbegin()->first + 1;
}

Result<std::optional<ConflictCase>> MemoryServerStore::find_case(std::uint64_t number) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.cases.find(number));
}

Result<std::optional<ConflictCase>> MemoryServerStore::find_open_case(CaseKind kind,
                                                                      const RecordRef& record,
                                                                      const std::string& field,
                                                                      const DeviceId& device) {
  DAYBOOK_TRY(check_standing());
  const OpenCase key{kind, record, field, device};
  const auto& keys = tables_.open_cases.keys();
  const auto at = keys.lower_bound({key, 0});
  if (at == keys.end() || at->first != key) return std::optional<ConflictCase>();
  return copy_of_row(tables_.cases.find(at->second));
}

Result<std::vector<ConflictCase>> MemoryServerStore::list_cases(std::optional<CaseState> state,
                                                                std::uint64_t after,
                                                                std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<ConflictCase> cases;
  const auto& rows = tables_.cases.rows();
  for (auto at = rows.upper_bound(after); at != rows.end() && cases.size() < limit; ++at) {
    if (!state || at->second->state == *state) cases.push_back(*at->second);
  }
  return cases;
}

Result<void> MemoryServerStore::put_parked(const ParkedRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.parked.put(journal_, row.set, row);
  return success();
}

Result<void> MemoryServerStore::erase_parked(const SetId& set) {
  DAYBOOK_TRY(check_writing());
  tables_.parked.erase(journal_, set);
  return success();
}

Result<std::optional<ParkedRow>> MemoryServerStore::find_parked(const SetId& set) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.parked.find(set));
}

Result<std::vector<ParkedRow>> MemoryServerStore::parked_of(Lineage lineage) {
  DAYBOOK_TRY(check_standing());
  std::vector<ParkedRow> rows;
  for (const auto& [set, row] : tables_.parked.rows()) {
    if (row->lineage == lineage) rows.push_back(*row);
  }
  std::sort(rows.begin(), rows.end(), [](const ParkedRow& a, const ParkedRow& b) {
    return std::tie(a.seq, a.commit) < std::tie(b.seq, b.commit);
  });
  return rows;
}

Result<std::vector<ParkedRow>> MemoryServerStore::list_parked(std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  auto rows = copies_of(tables_.parked.rows());
  std::sort(rows.begin(), rows.end(),
            [](const ParkedRow& a, const ParkedRow& b) { return a.commit < b.commit; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

Result<void> MemoryServerStore::put_evidence(const EvidenceRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.evidence.put(journal_, tables_.evidence.rows().size() + 1, row);
  return success();
}

Result<std::vector<EvidenceRow>> MemoryServerStore::evidence_of(const DeviceId& device,
                                                                std::size_t limit) {
  DAYBOOK_TRY(check_standing());
  std::vector<EvidenceRow> rows;
  for (const auto& [number, row] : tables_.evidence.rows()) {
    if (rows.size() == limit) break;
    if (row->device == device) rows.push_back(*row);
  }
  return rows;
}

Result<std::uint32_t> MemoryServerStore::count_attempt(const SetId& set) {
  DAYBOOK_TRY(check_writing());
  const auto* before = tables_.attempts.find(set);
  const std::uint32_t count = (before ? *before : 0) + 1;
  tables_.attempts.put(journal_, set, count);
  return count;
}

Result<std::uint32_t> MemoryServerStore::attempts_of(const SetId& set) {
  DAYBOOK_TRY(check_standing());
  const auto* count = tables_.attempts.find(set);
  return count ? *count : std::uint32_t{0};
}

Result<void> MemoryServerStore::clear_attempts(const SetId& set) {
  DAYBOOK_TRY(check_writing());
  tables_.attempts.erase(journal_, set);
  return success();
}

// --- keeping ---

Result<void> MemoryServerStore::put_backup(const BackupRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.backups.put(journal_, row.backup, row);
  return success();
}

Result<void> MemoryServerStore::erase_backup(const Uuid& backup) {
  DAYBOOK_TRY(check_writing());
  tables_.backups.erase(journal_, backup);
  return success();
}

Result<std::vector<BackupRow>> MemoryServerStore::list_backups() {
  DAYBOOK_TRY(check_standing());
  auto rows = copies_of(tables_.backups.rows());
  std::sort(rows.begin(), rows.end(), [](const BackupRow& a, const BackupRow& b) {
    return std::tie(a.taken_ms, a.version, a.backup) < std::tie(b.taken_ms, b.version, b.backup);
  });
  return rows;
}

Result<void> MemoryServerStore::put_schema(const SchemaRow& row) {
  DAYBOOK_TRY(check_writing());
  tables_.schemas.put(journal_, row.version, row);
  return success();
}

Result<std::optional<SchemaRow>> MemoryServerStore::newest_schema() {
  DAYBOOK_TRY(check_standing());
  const auto& rows = tables_.schemas.rows();
  return rows.empty() ? std::nullopt : std::optional(*rows.rbegin()->second);
}

Result<std::vector<SchemaRow>> MemoryServerStore::list_schemas() {
  DAYBOOK_TRY(check_standing());
  auto rows = copies_of(tables_.schemas.rows());
  std::reverse(rows.begin(), rows.end());
  return rows;
}

Result<std::optional<Bytes>> MemoryServerStore::find_setting(const std::string& name) {
  DAYBOOK_TRY(check_standing());
  return copy_of_row(tables_.settings.find(name));
}

Result<void> MemoryServerStore::put_setting(const std::string& name, BytesView value) {
  DAYBOOK_TRY(check_writing());
  tables_.settings.put(journal_, name, copy_of(value));
  return success();
}

}  // namespace daybook
