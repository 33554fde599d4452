// SPDX-License-Identifier: Apache-2.0
// Devices, their contacts and lineages, people, enrolment codes and nonces.
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "sync-server/store/sqlite/columns.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

namespace {

Result<DeviceRow> device_in(sqlite::Statement& row) {
  DeviceRow device;
  device.device = row.uuid(0);
  device.actor = text_in(row, 1);
  device.role = text_in(row, 2);
  device.name = text_in(row, 3);
  device.platform = text_in(row, 4);
  DAYBOOK_ASSIGN(device.key.alg, enum_in(row, 5, KeyAlg::kEs256));
  device.key.raw = copy_of(row.bytes(6));
  DAYBOOK_ASSIGN(device.status, enum_in(row, 7, DeviceStatus::kHeld));
  device.enrolled_ms = row.int64(8);
  DAYBOOK_ASSIGN(device.bad_batches, small_in<std::uint32_t>(row, 9));
  return device;
}

Bytes encode_scopes(const std::vector<std::pair<std::string, Version>>& scopes) {
  CborWriter out;
  out.array(2 * scopes.size());
  for (const auto& [scope, version] : scopes) out.text(scope).unsigned_integer(version);
  return out.take();
}

Result<std::vector<std::pair<std::string, Version>>> decode_scopes(BytesView bytes) {
  CborReader in(bytes);
  std::vector<std::pair<std::string, Version>> scopes;
  const auto count = in.array("scopes", bytes.size());
  for (std::size_t i = 0; i < count / 2 && !in.failed(); ++i) {
    std::string scope(in.text("scopes.scope", bytes.size()));
    scopes.emplace_back(std::move(scope), in.unsigned_integer("scopes.version"));
  }
  if (!in.finish("scopes").ok()) return failure(Errc::kCorrupt, "contacts.scopes");
  return scopes;
}

Result<ContactRow> contact_in(sqlite::Statement& row) {
  ContactRow contact;
  contact.device = row.uuid(0);
  contact.seen_ms = row.int64(1);
  contact.skew_ms = row.int64(2);
  contact.complete_version = row.uint64(3);
  contact.unsent_sets = row.uint64(4);
  contact.unsent_bytes = row.uint64(5);
  contact.unsent_attachments = row.uint64(6);
  contact.oldest_unsent_ms = row.int64(7);
  DAYBOOK_ASSIGN(contact.scopes, decode_scopes(row.bytes(8)));
  return contact;
}

Result<LineageRow> lineage_in(sqlite::Statement& row) {
  LineageRow lineage;
  DAYBOOK_ASSIGN(lineage.lineage, small_in<Lineage>(row, 0));
  lineage.device = row.uuid(1);
  lineage.incarnation = row.uuid(2);
  DAYBOOK_ASSIGN(lineage.parent, small_in<Lineage>(row, 3));
  lineage.parent_seq = row.uint64(4);
  lineage.last_seq = row.uint64(5);
  lineage.last_link = row.digest(6);
  return lineage;
}

Result<UserRow> user_in(sqlite::Statement& row) {
  UserRow user{text_in(row, 0), text_in(row, 1), text_in(row, 2), text_in(row, 3), row.boolean(4)};
  if (row.kind(5) != sqlite::ColumnKind::kNull) user.organisation = row.uuid(5);
  return user;
}

Result<EnrolCodeRow> enrol_code_in(sqlite::Statement& row) {
  EnrolCodeRow code{row.digest(0), text_in(row, 1), row.int64(2), 0};
  DAYBOOK_ASSIGN(code.tries_left, small_in<std::uint32_t>(row, 3));
  return code;
}

}  // namespace

Result<std::optional<DeviceRow>> SqliteServerStore::find_device(const DeviceId& device) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select device, actor, role, name, platform, key_alg, key, status, enrolled_ms, "
              "bad_batches from devices where device = ?"));
  return find_one(find.bind_all(device), device_in);
}

Result<void> SqliteServerStore::put_device(const DeviceRow& row) {
  return write(
      "insert or replace into devices (device, actor, role, name, platform, key_alg, key, status, "
      "enrolled_ms, bad_batches) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.device, row.actor, row.role, row.name, row.platform, row.key.alg, row.key.raw, row.status,
      row.enrolled_ms, row.bad_batches);
}

Result<std::vector<DeviceRow>> SqliteServerStore::list_devices() {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select device, actor, role, name, platform, key_alg, key, status, enrolled_ms, "
              "bad_batches from devices order by device"));
  return all_of(list, device_in);
}

Result<std::optional<ContactRow>> SqliteServerStore::find_contact(const DeviceId& device) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select device, seen_ms, skew_ms, complete_version, unsent_sets, unsent_bytes, "
              "unsent_attachments, oldest_unsent_ms, scopes from contacts where device = ?"));
  return find_one(find.bind_all(device), contact_in);
}

Result<void> SqliteServerStore::put_contact(const ContactRow& row) {
  return write(
      "insert or replace into contacts (device, seen_ms, skew_ms, complete_version, unsent_sets, "
      "unsent_bytes, unsent_attachments, oldest_unsent_ms, scopes) values (?, ?, ?, ?, ?, ?, ?, ?, "
      "?)",
      row.device, row.seen_ms, row.skew_ms, row.complete_version, row.unsent_sets, row.unsent_bytes,
      row.unsent_attachments, row.oldest_unsent_ms, encode_scopes(row.scopes));
}

Result<std::optional<LineageRow>> SqliteServerStore::find_lineage(
    const DeviceId& device, const IncarnationId& incarnation) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select lineage, device, incarnation, parent, parent_seq, last_seq, last_link "
              "from lineages where device = ? and incarnation = ?"));
  return find_one(find.bind_all(device, incarnation), lineage_in);
}

Result<std::optional<LineageRow>> SqliteServerStore::load_lineage(Lineage lineage) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select lineage, device, incarnation, parent, parent_seq, last_seq, last_link "
              "from lineages where lineage = ?"));
  return find_one(find.bind_all(lineage), lineage_in);
}

Result<std::vector<LineageRow>> SqliteServerStore::lineages_of(const DeviceId& device) {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select lineage, device, incarnation, parent, parent_seq, last_seq, last_link "
              "from lineages where device = ? order by lineage"));
  return all_of(list.bind_all(device), lineage_in);
}

Result<Lineage> SqliteServerStore::put_lineage(const LineageRow& row) {
  if (row.lineage == 0) {
    DAYBOOK_TRY(write(
        "insert into lineages (device, incarnation, parent, parent_seq, last_seq, last_link) "
        "values (?, ?, ?, ?, ?, ?)",
        row.device, row.incarnation, row.parent, row.parent_seq, row.last_seq, row.last_link));
    const auto number = connection_->last_row_id();
    ensure(number <= static_cast<std::int64_t>(UINT32_MAX));
    return static_cast<Lineage>(number);
  }
  DAYBOOK_TRY(
      write("update lineages set parent = ?, parent_seq = ?, last_seq = ?, last_link = ? "
            "where lineage = ? and device = ? and incarnation = ?",
            row.parent, row.parent_seq, row.last_seq, row.last_link, row.lineage, row.device,
            row.incarnation));
  if (connection_->changes() == 0) return failure(Errc::kNotFound, "lineage.lineage");
  return row.lineage;
}

Result<std::optional<UserRow>> SqliteServerStore::find_user(const ActorId& actor) {
  DAYBOOK_ASSIGN(
      auto find,
      reading("select actor, display_name, role, password_hash, active, organisation from users "
              "where actor = ?"));
  return find_one(find.bind_all(actor), user_in);
}

Result<void> SqliteServerStore::put_user(const UserRow& row) {
  return write(
      "insert or replace into users (actor, display_name, role, password_hash, active, "
      "organisation) values (?, ?, ?, ?, ?, ?)",
      row.actor, row.display_name, row.role, row.password_hash, row.active, row.organisation);
}

Result<std::vector<UserRow>> SqliteServerStore::list_users() {
  DAYBOOK_ASSIGN(
      auto list,
      reading("select actor, display_name, role, password_hash, active, organisation from users "
              "order by actor"));
  return all_of(list, user_in);
}

Result<void> SqliteServerStore::put_enrol_code(const EnrolCodeRow& row) {
  return write(
      "insert or replace into enrol_codes (code_hash, actor, expires_ms, tries_left) values (?, ?, "
      "?, ?)",
      row.code_hash, row.actor, row.expires_ms, row.tries_left);
}

Result<std::optional<EnrolCodeRow>> SqliteServerStore::find_enrol_code(const Digest& code_hash) {
  DAYBOOK_ASSIGN(
      auto find,
      reading(
          "select code_hash, actor, expires_ms, tries_left from enrol_codes where code_hash = ?"));
  return find_one(find.bind_all(code_hash), enrol_code_in);
}

Result<void> SqliteServerStore::erase_enrol_code(const Digest& code_hash) {
  return write("delete from enrol_codes where code_hash = ?", code_hash);
}

Result<bool> SqliteServerStore::use_nonce(const Digest& nonce, std::int64_t expires_ms,
                                          std::int64_t now_ms) {
  DAYBOOK_TRY(write("delete from nonces where expires_ms < ?", now_ms));
  DAYBOOK_TRY(
      write("insert or ignore into nonces (nonce, expires_ms) values (?, ?)", nonce, expires_ms));
  return connection_->changes() == 1;
}

}  // namespace daybook
