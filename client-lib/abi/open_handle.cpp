// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/open_handle.hpp"

#include "client-lib/abi/answers.hpp"
#include "client-lib/abi/commit_json.hpp"
#include "client-lib/abi/enrolment_call.hpp"
#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "core/base/hex.hpp"
#include "core/clock/uuid7.hpp"
#include "core/domain/catalog.hpp"
#include "core/schema/load.hpp"

namespace daybook::abi {
namespace {

constexpr std::size_t kRowsSizeMax = 64u << 20;

}  // namespace

Result<std::unique_ptr<OpenHandle>> OpenHandle::open(const Opening& opening) {
  if (!opening.key.empty())
    return failure(Errc::kNotSupported, "options.key", "reserved for encrypted files");
  if (!opening.schema.empty()) DAYBOOK_TRY(load_schema(opening.schema, "options.schema"));
  std::unique_ptr<OpenHandle> handle(new OpenHandle(opening));
  DAYBOOK_ASSIGN(auto owner, sqlite::OwnerLock::take(opening.path));
  handle->owner_.emplace(std::move(owner));
  OpenHandle* const raw = handle.get();
  DAYBOOK_ASSIGN(handle->worker_, CoreWorker::start([raw] { return raw->open_desk(); },
                                                    [raw](Desk& desk) { raw->pass_on(desk); }));
  handle->courier_ = std::make_unique<Courier>(*handle->worker_, handle->rng_, handle->way_);
  DAYBOOK_ASSIGN(handle->blobs_, FileBlobStore::open(opening.path + ".contents"));
  handle->attachments_ = std::make_unique<AttachmentCourier>(
      *handle->worker_, *handle->blobs_, handle->rng_, handle->way_,
      [raw](const Digest&) { raw->events_.note_attachments(); });
  DAYBOOK_TRY(handle->drop_what_was_left());
  return handle;
}

// Nobody carries any more when the parts go.
OpenHandle::~OpenHandle() {
  if (courier_) courier_->stop();
  if (attachments_) attachments_->stop();
}

Result<Desk> OpenHandle::open_desk() {
  LocalStoreOptions options;
  options.path = opening_.path;
  options.key = opening_.key;
  DAYBOOK_ASSIGN(auto store, open_sqlite_local_store(options));
  Desk desk;
  desk.store = store.get();
  DAYBOOK_ASSIGN(desk.core,
                 ClientCore::open(std::move(store), clock_, rng_, trace_, ClientOptions{}));
  return desk;
}

// After every question to the core: what it has to tell goes to the host's events and to the
// courier.
void OpenHandle::pass_on(Desk& desk) {
  const auto schema = desk.core->schema();
  {
    const std::scoped_lock lock(rules_mutex_);
    rules_ = schema;
  }
  for (const ClientEvent& event : desk.core->take_events()) {
    switch (event.kind) {
      case ClientEvent::Kind::kRecords: events_.note_records(event.collection, event.ids); break;
      case ClientEvent::Kind::kReceipt:
        if (event.receipt) pass_on_receipt(desk, *event.receipt, schema.get());
        break;
      case ClientEvent::Kind::kStatus:
        events_.note_status();
        // A set may be at the office now, and with it what it names may go.
        if (attachments_) attachments_->wake();
        break;
      case ClientEvent::Kind::kSchema: events_.note_schema(); break;
    }
  }
}

void OpenHandle::pass_on_receipt(Desk& desk, const Receipt& receipt, const Schema* schema) {
  if (!events_.has_room_for_receipt()) return events_.note_receipt({});
  ReceiptRow row;
  row.receipt = receipt;
  const auto kept = desk.store->receipts_of(receipt.set);
  if (kept.ok()) {
    for (const ReceiptRow& candidate : *kept) {
      if (candidate.receipt == receipt) row.ordinal = candidate.ordinal;
    }
  }
  JsonWriter out;
  write_receipt(out, row, schema);
  events_.note_receipt(out.take());
}

std::shared_ptr<const Schema> OpenHandle::rules() const {
  const std::scoped_lock lock(rules_mutex_);
  return rules_;
}

Result<std::shared_ptr<const Schema>> OpenHandle::load_rules() const {
  auto schema = rules();
  if (!schema) return failure(Errc::kClosed, "device", "not enrolled");
  return schema;
}

Result<std::optional<Enrolment>> OpenHandle::enrolment() {
  return worker_->ask<std::optional<Enrolment>>(
      [](Desk& desk) -> Result<std::optional<Enrolment>> { return desk.core->enrolment(); });
}

Result<void> OpenHandle::enrol(std::string_view code, std::string_view device_name,
                               std::optional<KeyAlg> key_alg) {
  const std::scoped_lock lock(life_mutex_);
  EnrolmentCall call;
  DAYBOOK_ASSIGN(call.before, enrolment());
  call.code_text = code;
  call.device_name = device_name;
  call.key_alg = key_alg;
  call.schema = opening_.schema.empty() ? std::string(after_sales_schema_json()) : opening_.schema;
  DAYBOOK_ASSIGN(const auto enrolment, call_for_enrolment(call, rng_));
  const auto taken = worker_->ask<bool>([&](Desk& desk) -> Result<bool> {
    DAYBOOK_TRY(desk.core->enrol(enrolment));
    return true;
  });
  if (!taken.ok()) return taken.error();
  // The address may be another one, and whoever waits after a refusal need not wait any more.
  if (!courier_->started()) return success();
  courier_->stop();
  attachments_->stop();
  DAYBOOK_TRY(courier_->start(enrolment));
  return attachments_->start(enrolment);
}

Result<std::string> OpenHandle::device() {
  DAYBOOK_ASSIGN(const auto known, enrolment());
  JsonWriter out;
  write_device(out, known, rules().get());
  return out.take();
}

Result<std::string> OpenHandle::schema_json() {
  DAYBOOK_ASSIGN(const auto schema, load_rules());
  return schema->source;
}

Result<Uuid> OpenHandle::new_id() { return make_uuid7(clock_.wall_ms(), rng_); }

Result<std::string> OpenHandle::commit(std::string_view json) {
  // Read on the calling thread: the core's is only held for the work that must be done one after
  // the other.
  DAYBOOK_ASSIGN(const auto schema, load_rules());
  const CommitReading reading{
      *schema, [this] { return make_uuid7(clock_.wall_ms(), rng_); },
      [this](const std::string& path) { return take_file(path, std::nullopt); }};
  DAYBOOK_ASSIGN(const CommitInput input, read_commit(json, reading));
  const RightOfWay::Passage passage(way_);  // its way to the office begins here
  DAYBOOK_ASSIGN(const auto result,
                 worker_->ask<CommitResult>([&](Desk& desk) -> Result<CommitResult> {
                   DAYBOOK_TRY(papers_.check_edits(*schema, input));
                   return desk.core->commit(input);
                 }));
  courier_->wake();
  if (!input.attachments.empty()) attachments_->wake();
  return commit_answer(result, input);
}

Result<std::unique_ptr<RowReader>> OpenHandle::query(std::string_view sql,
                                                     std::string_view parameters) {
  DAYBOOK_TRY(worker_->check());
  JsonValue values;
  if (!parameters.empty()) {
    DAYBOOK_ASSIGN(values, read_json(parameters, "params"));
  }
  return doors_.open(sql, values);
}

Result<std::string> OpenHandle::query_all(std::string_view sql, std::string_view parameters,
                                          std::uint64_t rows_max) {
  DAYBOOK_ASSIGN(const auto reader, query(sql, parameters));
  JsonWriter out;
  out.begin_object().key("columns").raw(reader->columns()).key("rows").begin_array();
  for (std::uint64_t rows = 0;; ++rows) {
    DAYBOOK_ASSIGN(const bool found, reader->step());
    if (!found) break;
    if (rows == rows_max)
      return failure(Errc::kTooLarge, "rows", "more than " + std::to_string(rows_max));
    out.raw(reader->row());
    if (out.size() > kRowsSizeMax) {
      return failure(Errc::kTooLarge, "rows",
                     "more than " + std::to_string(kRowsSizeMax) + " bytes");
    }
  }
  out.end_array().end_object();
  return out.take();
}

Result<std::uint64_t> OpenHandle::watch(std::string_view json) {
  DAYBOOK_ASSIGN(const auto schema, load_rules());
  DAYBOOK_ASSIGN(const JsonValue asked, read_json(json, "watch"));
  const JsonValue* const sql = asked.find("sql");
  const JsonValue* const listed = asked.find("collections");
  if (asked.members.size() != 1 || (sql == nullptr && listed == nullptr)) {
    return failure(Errc::kInvalid, "watch", "expected {\"collections\":[…]} or {\"sql\":\"…\"}");
  }
  std::set<std::string> collections;
  if (sql != nullptr) {
    if (!sql->is(JsonValue::Kind::kText))
      return failure(Errc::kWrongType, "sql", "expected a text");
    DAYBOOK_ASSIGN(collections, doors_.tables_of(sql->text));
  } else {
    if (!listed->is(JsonValue::Kind::kArray))
      return failure(Errc::kWrongType, "collections", "expected an array");
    for (std::size_t i = 0; i < listed->items.size(); ++i) {
      const std::string& name = listed->items[i].text;
      if (schema->find_view(name) != nullptr) {
        // It changes with what it is derived from.
        DAYBOOK_ASSIGN(auto read, doors_.tables_of("select * from \"" + name + "\""));
        collections.merge(read);
        continue;
      }
      if (schema->find(name) == nullptr)
        return failure(Errc::kUnknownCollection, place_in("collections", i), name);
      collections.insert(name);
    }
  }
  return events_.add_watch(std::move(collections));
}

}  // namespace daybook::abi
