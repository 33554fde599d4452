// SPDX-License-Identifier: Apache-2.0
#include "client-lib/session/client_state.hpp"

#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "core/schema/load.hpp"

namespace daybook {
namespace {

constexpr std::size_t kEventsMax = 4096;
constexpr std::size_t kUrlSizeMax = 2048;
constexpr std::size_t kPinsMax = 16;

Result<std::shared_ptr<const Schema>> load_alone(std::string_view json) {
  DAYBOOK_ASSIGN(auto schema, load_schema(json, "schema"));
  return std::shared_ptr<const Schema>(std::make_shared<Schema>(std::move(schema)));
}

// Nobody took them for long: what changed is told as "anything may have", receipts are in the
// store.
void shorten(std::vector<ClientEvent>& events) {
  std::map<std::string, bool> collections;
  for (const ClientEvent& event : events) {
    if (event.kind == ClientEvent::Kind::kRecords) collections[event.collection] = true;
  }
  events.clear();
  for (const auto& [collection, any] : collections) {
    ClientEvent event;
    event.kind = ClientEvent::Kind::kRecords;
    event.collection = collection;
    events.push_back(std::move(event));
  }
}

}  // namespace

ClientState::ClientState(std::unique_ptr<LocalStore> file, Clock& clock_in, Rng& rng_in,
                         Trace& trace_in, ClientOptions options_in,
                         std::unique_ptr<Signer> signer_in)
    : store(std::move(file)),
      clock(clock_in),
      rng(rng_in),
      trace(trace_in),
      options(std::move(options_in)),
      signer_(std::move(signer_in)) {
  if (!options.load) options.load = load_alone;
  boot = rng.below(UINT64_MAX);
}

Result<void> ClientState::load() {
  enrolment.reset();
  settled_through = 0;
  DAYBOOK_ASSIGN(const auto enrolled, store->find_setting(setting::kEnrolment));
  if (enrolled) {
    DAYBOOK_ASSIGN(enrolment, decode_enrolment(*enrolled));
    DAYBOOK_ASSIGN(chain, OwnChain::load(*store, enrolment->device));
  } else {
    chain = OwnChain{};
  }
  DAYBOOK_ASSIGN(outbox, Outbox::load(*store));
  DAYBOOK_ASSIGN(view_epoch, find_view_epoch(*store));
  DAYBOOK_ASSIGN(cursor, find_cursor(*store));
  DAYBOOK_ASSIGN(complete, find_number(*store, setting::kComplete));
  DAYBOOK_ASSIGN(const auto json, store->find_setting(setting::kSchema));
  if (!json) {
    schema.reset();
    return {};
  }
  const auto text = text_of(*json);
  if (schema && schema->source == text) return {};
  DAYBOOK_ASSIGN(schema, options.load(text));
  DAYBOOK_TRY(store->begin());
  auto applied = store->apply_schema(schema);
  if (applied) applied = store->commit();
  if (!applied) store->rollback();
  return applied;
}

void ClientState::roll_back() {
  store->rollback();
  notes.clear();
  const auto loaded = load();
  if (!loaded)
    trace.note(TraceLevel::kError, "client.reload_failed", {{"error", to_string(loaded.error())}});
}

Result<void> ClientState::use_schema(const std::string& json) {
  DAYBOOK_ASSIGN(auto loaded, options.load(json));
  DAYBOOK_TRY(store->apply_schema(loaded));
  DAYBOOK_TRY(store->put_setting(setting::kSchema, view_of(json)));
  schema = std::move(loaded);
  ClientEvent event;
  event.kind = ClientEvent::Kind::kSchema;
  tell(std::move(event));
  return {};
}

Result<Signer*> ClientState::load_signer() {
  if (signer_) return signer_.get();
  if (!seed_signer_) {
    if (!enrolment) return failure(Errc::kUnauthorized, "enrolment");
    if (enrolment->key_seed.empty())
      return failure(Errc::kUnauthorized, "signer", "the host app holds the key");
    DAYBOOK_ASSIGN(seed_signer_, signer_of(enrolment->key_alg, enrolment->key_seed));
  }
  return seed_signer_.get();
}

void ClientState::forget_signer() { seed_signer_.reset(); }

const Schema& ClientState::rules() const {
  static const Schema none;
  return schema ? *schema : none;
}

void ClientState::tell(ClientEvent event) {
  const bool again = event.kind == ClientEvent::Kind::kStatus && !events.empty() &&
                     events.back().kind == ClientEvent::Kind::kStatus;
  if (again) return;
  if (events.size() >= kEventsMax) shorten(events);
  events.push_back(std::move(event));
}

void ClientState::tell_changes() {
  for (auto& [collection, changed] : notes.records) {
    ClientEvent event;
    event.kind = ClientEvent::Kind::kRecords;
    event.collection = collection;
    event.ids.assign(changed.ids.begin(), changed.ids.end());
    tell(std::move(event));
  }
  for (Receipt& receipt : notes.receipts) {
    ClientEvent event;
    event.kind = ClientEvent::Kind::kReceipt;
    event.receipt = std::move(receipt);
    tell(std::move(event));
  }
  notes.clear();
}

Bytes encode(const Enrolment& enrolment) {
  // Ed25519, which was there first, is not said: so a library that knows nothing else still opens
  // the file of such a phone.
  const bool says_alg = enrolment.key_alg != KeyAlg::kEd25519;
  CborWriter out;
  out.array(says_alg ? 7 : 6)
      .bytes(enrolment.device.view())
      .text(enrolment.actor)
      .text(enrolment.role)
      .text(enrolment.server_url);
  out.array(enrolment.pins.size());
  for (const Digest& pin : enrolment.pins) out.bytes(pin.view());
  out.bytes(enrolment.key_seed);
  if (says_alg) out.unsigned_integer(static_cast<std::uint64_t>(enrolment.key_alg));
  return out.take();
}

Result<Enrolment> decode_enrolment(BytesView bytes) {
  CborReader in(bytes);
  Enrolment enrolment;
  const std::size_t items = in.array("enrolment", 7);
  if (!in.failed() && items < 6) in.fail(Errc::kInvalid, "enrolment", "too few items");
  enrolment.device = in.fixed<DeviceId>("enrolment.device");
  enrolment.actor = std::string(in.text("enrolment.actor", kNameSizeMax));
  enrolment.role = std::string(in.text("enrolment.role", kNameSizeMax));
  enrolment.server_url = std::string(in.text("enrolment.server_url", kUrlSizeMax));
  const std::size_t pins = in.array("enrolment.pins", kPinsMax);
  for (std::size_t i = 0; i < pins && !in.failed(); ++i)
    enrolment.pins.push_back(in.fixed<Digest>("enrolment.pins"));
  enrolment.key_seed = copy_of(in.bytes("enrolment.key_seed", 64));
  std::uint64_t alg = 0;
  if (items == 7) alg = in.unsigned_integer("enrolment.key_alg");
  DAYBOOK_TRY(in.finish("enrolment"));
  if (items == 7) {
    if (alg <= static_cast<std::uint64_t>(KeyAlg::kEd25519))
      return failure(Errc::kInvalid, "enrolment.key_alg", "is not said");
    if (alg != static_cast<std::uint64_t>(KeyAlg::kEs256))
      return failure(Errc::kTooNew, "enrolment.key_alg", std::to_string(alg));
    enrolment.key_alg = KeyAlg::kEs256;
  }
  return enrolment;
}

}  // namespace daybook
