// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench_phone.hpp"

#include <cstdio>
#include <cstdlib>
#include <future>
#include <sstream>

#include "client-lib/abi/enrolment_call.hpp"
#include "client-lib/abi/server_address.hpp"
#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "core/model/strokes.hpp"
#include "core/platform/sqlite/connection.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/message.hpp"

namespace daybook::bench {
namespace {

// The workload writes strokes as text: points "dx,dy,dt,pressure" with differences to the one
// before (the first of a stroke absolute), ';' between points, '|' between strokes.
Value strokes_of(const std::string& text) {
  Strokes strokes;
  std::istringstream lines(text);
  std::uint32_t t_ms = 0;
  for (std::string line; std::getline(lines, line, '|');) {
    Stroke& stroke = strokes.emplace_back();
    std::istringstream points(line);
    for (std::string text_of_point; std::getline(points, text_of_point, ';');) {
      int dx = 0, dy = 0, dt = 0, pressure = 0;
      if (std::sscanf(text_of_point.c_str(), "%d,%d,%d,%d", &dx, &dy, &dt, &pressure) != 4)
        give_up("workload", failure(Errc::kInvalid, "strokes", text_of_point));
      t_ms += static_cast<std::uint32_t>(dt);
      const StrokePoint before = stroke.empty() ? StrokePoint{} : stroke.back();
      stroke.push_back({before.x + dx, before.y + dy, t_ms, static_cast<std::uint16_t>(pressure)});
    }
  }
  return Value::bytes(take(encode_strokes(strokes), "strokes"));
}

Value value_of(const nlohmann::json& json, const FieldSchema& field) {
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  if (json.is_number_integer()) return Value::integer(json.get<std::int64_t>());
  auto text = json.get<std::string>();
  if (field.type == FieldType::kStrokes) return strokes_of(text);
  if (field.type != FieldType::kReference) return Value::text(std::move(text));
  const auto id = uuid_from(text);
  if (!id) give_up("workload", failure(Errc::kInvalid, field.name, text));
  return Value::bytes(copy_of(id->view()));
}

// Looks into small requests only: reading a large one would be work that no phone does, within the
// measured section.
bool carries_batch(const Bytes& request) {
  constexpr std::size_t empty_request_size_max = 4096;
  if (request.size() > empty_request_size_max) return true;
  return take(wire::decode_sync_request(request), "own request").batch.has_value();
}

ServerAddress address_of(const Enrolment& who) {
  return take(abi::read_server_address(who.server_url, who.pins), "address");
}

}  // namespace

void give_up(const std::string& what, const Error& why) {
  std::fprintf(stderr, "daybook-bench: %s: %s\n", what.c_str(), to_string(why).c_str());
  std::exit(1);
}

void take(const Result<void>& result, const std::string& what) {
  if (!result.ok()) give_up(what, result.error());
}

BenchPhone::BenchPhone(const std::string& path) {
  LocalStoreOptions file;
  file.path = path;
  auto store = take(open_sqlite_local_store(file), "store");
  core_ = take(ClientCore::open(std::move(store), clock_, rng_, trace_, ClientOptions{}), "core");
}

void BenchPhone::enrol(const std::string& code) {
  abi::EnrolmentCall call;
  call.code_text = code;
  call.device_name = "bench";
  call.schema = std::string(after_sales_schema_json());
  take(core_->enrol(take(abi::call_for_enrolment(call, rng_), "enrolment")), "enrol");
}

std::unique_ptr<BenchLine> BenchPhone::make_line() { return make_line(nullptr); }

std::unique_ptr<BenchLine> BenchPhone::make_lane() { return make_line(&way_); }

std::unique_ptr<BenchLine> BenchPhone::make_line(RightOfWay* first) {
  if (!core_->enrolment()) give_up("line", failure(Errc::kInvalid, "device", "not enrolled"));
  const Enrolment& who = *core_->enrolment();
  return std::make_unique<BenchLine>(address_of(who), who.device,
                                     take(ed25519_signer(who.key_seed), "key"), rng_, first);
}

BenchLive::BenchLive(const ServerAddress& address, const DeviceId& device,
                     std::unique_ptr<Signer> key, LiveLine::OnCall on_call)
    : signer(std::move(key)),
      client(address),
      live(client, device, *signer),
      holder([this, call = std::move(on_call)] { static_cast<void>(live.hold(call).ok()); }) {}

void BenchLive::stop() {
  if (!holder.joinable()) return;
  client.interrupt();
  holder.join();
}

void BenchPhone::hold_line(LiveLine::OnCall on_call) {
  const Enrolment& who = *core_->enrolment();
  live_ = std::make_unique<BenchLive>(
      address_of(who), who.device, take(ed25519_signer(who.key_seed), "key"), std::move(on_call));
  for (int tries = 0; !live_->live.is_open() || live_->live.counters().bells == 0; ++tries) {
    constexpr int tries_max = 5000;
    if (tries == tries_max) give_up("line", failure(Errc::kTimedOut, "bell"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void BenchPhone::make_ready() {
  line_ = make_line();
  HttpCall call;
  call.target = "/v1/exchange/" + to_base64url(rng_.draw<Uuid>().view());
  const auto reply = take(line_->carrier.call(call), "session");
  if (reply.status != 200)
    give_up("session", failure(Errc::kForbidden, "status", std::to_string(reply.status)));
}

CommitInput BenchPhone::read_unit(const WorkUnit& unit) const {
  const auto schema = core_->schema();
  CommitInput input;
  for (const WorkOp& op : unit.ops) {
    const CollectionSchema* const collection = schema->find(op.collection);
    const auto id = uuid_from(op.id);
    if (collection == nullptr || !id)
      give_up("workload", failure(Errc::kInvalid, op.collection, op.id));
    RecordInput change;
    change.record = {op.collection, *id};
    change.kind = op.kind == WorkKind::put ? Change::Kind::kCreate : Change::Kind::kEdit;
    for (auto field = op.fields.begin(); field != op.fields.end(); ++field) {
      const FieldSchema* const known = collection->find(field.key());
      if (known == nullptr) give_up("workload", failure(Errc::kUnknownField, field.key()));
      change.values.set(field.key(), value_of(field.value(), *known));
    }
    input.changes.push_back(std::move(change));
  }
  return input;
}

Result<bool> BenchPhone::exchange_once() {
  constexpr std::int64_t answer_ms_max = 30'000;
  const auto outgoing = take(core_->next_request(), "request");
  if (!outgoing) return false;
  const bool with_batch = carries_batch(outgoing->message);
  const bool by_line = live_ && outgoing->brief;
  const Bytes body = by_line ? outgoing->message : outgoing->frame();
  const RightOfWay::Passage passage(way_);
  // The courier's thread carries; meanwhile the core does what the answer before has left to do.
  auto carried = std::async(std::launch::async, [&] {
    return by_line ? live_->live.ask(body, answer_ms_max)
                   : line_->carrier.exchange(outgoing->path, body);
  });
  take(core_->finish_reply(), "rest of the answer");
  auto reply = carried.get();
  if (by_line && reply.ok()) reply = wire::as_it_is(*reply);
  if (!reply.ok()) {
    core_->on_failure(reply.error());
    return reply.error();
  }
  DAYBOOK_TRY(core_->on_reply(*reply));
  ++exchanges_;
  answered_bytes_ += body.size();
  if (with_batch) {
    ++batches_;
    last_acknowledged_s_ = monotonic_s();
  }
  return true;
}

void BenchPhone::exchange_all() {
  while (take(exchange_once(), "exchange")) {
  }
}

Line effective_pragmas(const std::string& path) {
  sqlite::OpenOptions options;
  options.path = path;
  options.create = false;
  auto connection = take(sqlite::Connection::open(options), path);
  Line line;
  for (const auto& [name, value] : take(connection->pragmas(), "pragmas")) {
    for (const char* wanted : {"sqlite_version", "journal_mode", "synchronous", "page_size",
                               "cache_size", "mmap_size"}) {
      if (name == wanted) line[name] = value;
    }
  }
  return line;
}

}  // namespace daybook::bench
