// SPDX-License-Identifier: Apache-2.0
// Accounts, enrolment, phones, and how the server stands.
#include "core/base/hex.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/api/replies.hpp"
#include "sync-server/auth/enrolment.hpp"
#include "sync-server/conflicts/closing.hpp"
#include "sync-server/conflicts/evidence_lost.hpp"

namespace daybook {
namespace {

constexpr std::size_t kShortText = 1024;
constexpr std::size_t kCountedMax = 10'000;
constexpr std::size_t kPage = 500;

// An organisation by its id, or by the one field that names each, such as its code.
Result<Uuid> organisation_in(CoreDesk& desk, const std::string& text) {
  const auto* tree = desk.schema().find(desk.schema().organisations.tree);
  if (tree == nullptr)
    return failure(Errc::kInvalid, "organisation", "these rules have no organisations");
  const Error none = failure(Errc::kNotFound, "organisation", text);
  if (const auto id = uuid_from(text)) {
    DAYBOOK_ASSIGN(const auto state, desk.store().find_record({tree->name, *id}));
    if (!state) return none;
    return *id;
  }
  std::optional<Uuid> after;
  while (true) {
    DAYBOOK_ASSIGN(const auto page, desk.store().list_records(tree->name, after, kPage));
    for (const auto& state : page) {
      for (const auto& key : tree->unique) {
        const auto held = state.fields.find(key.fields.front());
        if (key.fields.size() == 1 && held != state.fields.end() &&
            held->second.value == Value::text(text))
          return state.record.id;
      }
    }
    if (page.size() < kPage) return none;
    after = page.back().record.id;
  }
}

Result<AccountWish> wish_in(const Call& call, CoreDesk& desk, const ActorId& actor) {
  const JsonObject body(call.body);
  AccountWish wish;
  wish.actor = actor;
  DAYBOOK_ASSIGN(wish.display_name, body.find_text("display_name", kShortText));
  DAYBOOK_ASSIGN(wish.role, body.find_text("role", kShortText));
  DAYBOOK_ASSIGN(wish.active, body.find_flag("active"));
  wish.password_hash = call.password_hash;
  DAYBOOK_ASSIGN(const auto organisation, body.find_text("organisation", kShortText));
  if (organisation && organisation->empty()) {
    wish.organisation.emplace();  // head office
  } else if (organisation) {
    DAYBOOK_ASSIGN(wish.organisation, organisation_in(desk, *organisation));
  }
  return wish;
}

Json device_json(const DeviceRow& device, const std::optional<ContactRow>& contact) {
  Json json = {{"id", to_string(device.device)},
               {"actor", device.actor},
               {"role", device.role},
               {"name", device.name},
               {"platform", device.platform},
               {"status", name_of(device.status)},
               {"enrolled_ms", device.enrolled_ms}};
  if (!contact) {
    json["contact"] = nullptr;
    return json;
  }
  json["contact"] = {{"seen_ms", contact->seen_ms},
                     {"skew_ms", contact->skew_ms},
                     {"complete_version", contact->complete_version},
                     {"unsent_sets", contact->unsent_sets},
                     {"unsent_bytes", contact->unsent_bytes},
                     {"unsent_attachments", contact->unsent_attachments},
                     {"oldest_unsent_ms", contact->oldest_unsent_ms}};
  return json;
}

Result<DeviceRow> find_his_device(const Call& call, CoreDesk& desk, const DeviceId& id) {
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(auto device, desk.store().find_device(id));
  DAYBOOK_ASSIGN(const bool his,
                 device ? territory.has_account(device->actor) : Result<bool>(false));
  if (!his) return failure(Errc::kNotFound, "device", to_string(id));
  return *std::move(device);
}

Json schema_json(const Schema& schema) {
  return {
      {"name", schema.name}, {"version", schema.version}, {"digest", to_hex(schema.digest.view())}};
}

}  // namespace

Result<http::Response> list_users(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_users());
  Json users = Json::array();
  for (const auto& row : rows) {
    if (territory.has_account(row)) users.push_back(json_of(row));
  }
  return json_reply({{"users", std::move(users)}});
}

Result<http::Response> show_user(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto row, desk.store().find_user(call.parts.front()));
  if (!row || !territory.has_account(*row))
    return failure(Errc::kNotFound, "actor", call.parts.front().substr(0, kShortText));
  return json_reply(json_of(*row));
}

Result<http::Response> create_user(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(
      body.allow_only({"actor", "display_name", "role", "password", "active", "organisation"}));
  DAYBOOK_ASSIGN(const auto actor, body.text("actor", kShortText));
  DAYBOOK_ASSIGN(const auto wish, wish_in(call, desk, actor));
  DAYBOOK_ASSIGN(const auto row, create_account(desk.store(), wish));
  return json_reply(json_of(row), 201);
}

Result<http::Response> change_user(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"display_name", "role", "password", "active", "organisation"}));
  DAYBOOK_ASSIGN(const auto wish, wish_in(call, desk, call.parts.front()));
  // An administrator who shuts the last door behind himself helps nobody.
  const bool own = wish.actor == call.user.actor;
  if (own && wish.active && !*wish.active)
    return failure(Errc::kInvalid, "active", "not your own account");
  if (own && wish.role && *wish.role != name_of(Role::kAdmin))
    return failure(Errc::kInvalid, "role", "not your own account");
  DAYBOOK_ASSIGN(const auto row, change_account(desk.store(), wish));
  desk.after_commit = [&sessions = desk.parts.sessions, &store = desk.store(), actor = wish.actor] {
    sessions.forget(actor);
    // Its programs have the rights that the account has now. A list that cannot be read leaves
    // them as they were; the store has said so by then.
    static_cast<void>(sessions.programs().load(store).ok());
  };
  return json_reply(json_of(row));
}

Result<http::Response> make_enrolment(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"actor"}));
  DAYBOOK_ASSIGN(const auto actor, body.text("actor", kShortText));
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const bool his, territory.has_account(actor));
  if (!his) return failure(Errc::kNotFound, "actor", actor);
  Enrolment enrolment(desk.store(), desk.schema(), desk.core.clock(), desk.core.rng());
  DAYBOOK_ASSIGN(const auto code, enrolment.make_code(actor));
  const auto& address = desk.parts.address;
  return json_reply({{"actor", actor},
                     {"code", Enrolment::text_of(address.url, address.pin, code)},
                     {"expires_ms", desk.core.clock().wall_ms() + Enrolment::code_lifetime_ms()}},
                    201);
}

Result<http::Response> list_devices(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.store(), desk.schema()));
  DAYBOOK_ASSIGN(const auto rows, desk.store().list_devices());
  Json devices = Json::array();
  for (const auto& row : rows) {
    DAYBOOK_ASSIGN(const bool his, territory.has_account(row.actor));
    if (!his) continue;
    DAYBOOK_ASSIGN(const auto contact, desk.store().find_contact(row.device));
    devices.push_back(device_json(row, contact));
  }
  return json_reply({{"devices", std::move(devices)}, {"server_ms", desk.core.clock().wall_ms()}});
}

Result<http::Response> show_device(const Call& call, CoreDesk& desk) {
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto device, find_his_device(call, desk, id));
  DAYBOOK_ASSIGN(const auto contact, desk.store().find_contact(id));
  DAYBOOK_ASSIGN(const auto lineages, desk.store().lineages_of(id));
  Json json = device_json(device, contact);
  Json runs = Json::array();
  for (const auto& lineage : lineages)
    runs.push_back({{"incarnation", to_string(lineage.incarnation)}, {"sets", lineage.last_seq}});
  json["incarnations"] = std::move(runs);
  return json_reply(json);
}

Result<http::Response> revoke_device(const Call& call, CoreDesk& desk) {
  const JsonObject body(call.body);
  DAYBOOK_TRY(body.allow_only({"kind"}));
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.front(), "id"));
  DAYBOOK_ASSIGN(const auto kind, body.text("kind", kShortText));
  if (kind != "leaver" && kind != "stolen")
    return failure(Errc::kInvalid, "kind", "leaver or stolen");
  DAYBOOK_ASSIGN(auto device, find_his_device(call, desk, id));
  const auto wanted = kind == "stolen" ? DeviceStatus::kStolen : DeviceStatus::kLeaver;
  // What is stolen stays stolen; only a new enrolment brings a phone back.
  if (device.status == DeviceStatus::kStolen && wanted == DeviceStatus::kLeaver) {
    return failure(Errc::kAlreadyExists, "device", "revoked as stolen before");
  }
  device.status = wanted;
  DAYBOOK_TRY(desk.store().put_device(device));
  DAYBOOK_TRY(device_is_gone(desk.store(), id, desk.core.clock().wall_ms()));
  DAYBOOK_TRY(evidence_went_with(desk.store(), desk.schema(), device, desk.core.clock().wall_ms()));
  desk.core.trace().note(TraceLevel::kWarning, "api.revoke",
                         {{"device", to_string(id)}, {"kind", kind}, {"by", call.user.actor}});
  // Streams are opened on the loop: closing them there, after the tokens are gone, leaves no gap
  // for one that is just being opened.
  desk.after_commit = [&devices = desk.parts.devices, &hub = desk.parts.hub, post = desk.post, id] {
    devices.forget(id);
    post([&hub, id] { hub.close_lines_of(id); });
  };
  return json_reply({{"id", to_string(id)}, {"status", name_of(device.status)}});
}

Result<http::Response> show_status(const Call& call, CoreDesk& desk) {
  auto& store = desk.store();
  DAYBOOK_ASSIGN(const auto head, store.head());
  // How much the whole house has is head office's to know.
  if (call.user.organisation) {
    return json_reply({{"version", head.version},
                       {"epoch", to_string(head.epoch)},
                       {"head", to_hex(head.head.view())},
                       {"schema", schema_json(desk.schema())},
                       {"organisation", to_string(*call.user.organisation)},
                       {"server_ms", desk.core.clock().wall_ms()}});
  }
  Json records = Json::object();
  for (const auto& collection : desk.schema().collections) {
    DAYBOOK_ASSIGN(const auto held, store.count_records(collection.name));
    records[collection.name] = held;
  }
  DAYBOOK_ASSIGN(const auto cases, store.list_cases(CaseState::kOpen, 0, kCountedMax));
  DAYBOOK_ASSIGN(const auto parked, store.list_parked(kCountedMax));
  DAYBOOK_ASSIGN(const auto devices, store.list_devices());
  DAYBOOK_ASSIGN(const auto backups, store.list_backups());
  Json kept = Json::array();
  for (const auto& backup : backups) {
    kept.push_back({{"id", to_string(backup.backup)},
                    {"version", backup.version},
                    {"taken_ms", backup.taken_ms}});
  }
  return json_reply({{"version", head.version},
                     {"epoch", to_string(head.epoch)},
                     {"head", to_hex(head.head.view())},
                     {"schema", schema_json(desk.schema())},
                     {"records", std::move(records)},
                     {"open_cases", cases.size()},
                     {"parked_sets", parked.size()},
                     {"devices", devices.size()},
                     {"backups", std::move(kept)},
                     {"careful", desk.core.ingest().trial().begun()},
                     {"server_ms", desk.core.clock().wall_ms()}});
}

}  // namespace daybook
