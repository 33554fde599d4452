// SPDX-License-Identifier: Apache-2.0
#include "sync-server/registrar/registrar.hpp"

#include <algorithm>
#include <ctime>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/signature/statement.hpp"
#include "core/model/cbor.hpp"
#include "sync-server/office/office.hpp"

namespace daybook {
namespace {

constexpr const char* kActor = "registrar";
constexpr const char* kPlace = "registrar.through";
constexpr Version kCommitsAtOnce = 256;
// The place is not written for every commit: what is read twice is registered once.
constexpr Version kPlaceEvery = 1000;
constexpr std::size_t kPersonsAtOnce = 500;
constexpr std::size_t kNumberDigits = 6;
constexpr const char* kRow = "form_no.";

std::optional<Value> value_of(const RecordState& state, const std::string& field) {
  const auto found = state.fields.find(field);
  return found == state.fields.end() ? std::nullopt : std::optional(found->second.value);
}

std::string text_of_field(const RecordState& state, const std::string& field) {
  const auto value = value_of(state, field);
  return value && value->kind() == Value::Kind::kText ? value->as_text() : std::string();
}

bool mentions_a_hash(BytesView body) {
  return text_of(body).find("content_hash") != std::string_view::npos;
}

std::tm calendar(std::int64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

std::string utc_text(std::int64_t ms) {
  const std::tm parts = calendar(ms);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

Result<std::uint64_t> number_in(ServerStore& store, const std::string& name) {
  DAYBOOK_ASSIGN(const auto held, store.find_setting(name));
  if (!held) return std::uint64_t{0};
  CborReader in(*held);
  const auto number = in.unsigned_integer(name);
  DAYBOOK_TRY(in.finish(name));
  return number;
}

Result<void> put_number(ServerStore& store, const std::string& name, std::uint64_t number) {
  return store.put_setting(name, CborWriter().unsigned_integer(number).take());
}

std::string number_text(const std::string& row, std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kNumberDigits) digits.insert(0, kNumberDigits - digits.size(), '0');
  return row + "-" + digits;
}

bool is_of_the_store(Errc code) {
  return code == Errc::kIo || code == Errc::kDiskFull || code == Errc::kCorrupt;
}

bool was_applied(const CommitRow& row) {
  return row.verdict == Verdict::kAccepted || row.verdict == Verdict::kMerged ||
         row.verdict == Verdict::kConflicted;
}

}  // namespace

Uuid anchor_id_of(const Digest& content_hash) {
  Bytes named = copy_of(view_of("daybook anchor\n"));
  named.insert(named.end(), content_hash.raw.begin(), content_hash.raw.end());
  Uuid id;
  const Digest digest = sha256(named);
  std::copy_n(digest.raw.begin(), id.raw.size(), id.raw.begin());
  // The form of a UUID whose bits are somebody's own (RFC 9562, version 8).
  id.raw[6] = static_cast<std::uint8_t>((id.raw[6] & 0x0f) | 0x80);
  id.raw[8] = static_cast<std::uint8_t>((id.raw[8] & 0x3f) | 0x80);
  return id;
}

Result<void> Registrar::finish(ServerCore& core) {
  if (!through_) {
    DAYBOOK_ASSIGN(kept_, number_in(core.store(), kPlace));
    through_ = kept_;
  }
  DAYBOOK_ASSIGN(const auto head, core.store().head());
  // A book that was put back to an earlier day.
  through_ = std::min(*through_, head.version);
  // Rules of a company's own that know no receipts.
  if (core.schema().find("anchor") == nullptr) {
    through_ = head.version;
    return success();
  }
  const Version last = std::min(head.version, *through_ + kCommitsAtOnce);
  wrote_ = false;
  for (Version version = *through_ + 1; version <= last; ++version) {
    DAYBOOK_ASSIGN(const auto row, core.store().find_commit(version));
    if (row && was_applied(*row) && row->actor != kActor) DAYBOOK_TRY(read_commit(core, *row));
  }
  through_ = last;
  if (wrote_ || last >= kept_ + kPlaceEvery || last < kept_) {
    DAYBOOK_TRY(put_number(core.store(), kPlace, last));
    kept_ = last;
  }
  behind_ = last < head.version;
  return success();
}

Result<void> Registrar::read_commit(ServerCore& core, const CommitRow& row) {
  // A set that waited has its body, and the time when it came, in its first commit.
  CommitRow first = row;
  if (row.body.empty()) {
    DAYBOOK_ASSIGN(const auto found, core.store().find_set(row.set));
    if (!found) return success();
    first = *found;
  }
  if (!mentions_a_hash(first.body)) return success();
  const auto body = decode_body(first.body);
  if (!body.ok()) return success();
  const Seals seals = seals_in(*body);
  for (const auto& record : seals.wrong)
    core.trace().note(
        TraceLevel::kWarning, "registrar.wrong_hash",
        {{"record", record.collection + " " + to_string(record.id)}, {"set", to_string(row.set)}});
  for (const auto& seal : seals.sound) {
    auto done = register_seal(core, seal, first);
    if (done.ok()) continue;
    if (is_of_the_store(done.error().code)) return done;
    // One paper that cannot be registered holds up no other.
    core.trace().note(TraceLevel::kError, "registrar.not_registered",
                      {{"set", to_string(row.set)}, {"error", to_string(done.error())}});
  }
  return success();
}

Result<void> Registrar::register_seal(ServerCore& core, const Seal& seal, const CommitRow& first) {
  const RecordRef anchor{"anchor", anchor_id_of(seal.content_hash)};
  const RecordRef visit_ref{"visit", seal.visit};
  DAYBOOK_ASSIGN(const auto held, core.store().find_record(anchor));
  DAYBOOK_ASSIGN(const auto visit, core.store().find_record(visit_ref));
  if (!visit) return success();
  DAYBOOK_ASSIGN(const auto head, core.store().head());
  std::vector<OfficeEdit> edits;
  std::string number = text_of_field(*visit, "form_no");
  Row row;
  const auto* collection = core.schema().find("visit");
  const bool numbers = collection != nullptr && collection->find("form_no") != nullptr;
  if (number.empty() && numbers && seal.is_paper && seal.paper == "form") {
    DAYBOOK_ASSIGN(row, row_for(core, *visit, first.received_ms));
    number = number_text(row.name, ++row.given);
    edits.push_back({visit_ref, false, Fields{{"form_no", Value::text(number)}}, head.version});
  }
  if (!held) {
    Statement statement;
    statement.add("paper", seal.paper);
    statement.add("visit", to_string(seal.visit));
    statement.add("content_hash", to_hex(seal.content_hash.view()));
    statement.add("received_at", utc_text(first.received_ms));
    statement.add("received_at_ms", std::to_string(first.received_ms));
    statement.add("change_set", to_string(first.set));
    statement.add("change_set_sha256", to_hex(first.body_hash.view()));
    if (!number.empty()) statement.add("form_no", number);
    const std::string text = to_text(statement, kAnchorStatement);
    DAYBOOK_ASSIGN(const auto mark, key_->sign(view_of(text)));
    edits.push_back({anchor, true,
                     Fields{{"visit", Value::bytes(copy_of(seal.visit.view()))},
                            {"paper", Value::text(seal.paper)},
                            {"content_hash", Value::bytes(copy_of(seal.content_hash.view()))},
                            {"received_at", Value::integer(first.received_ms)},
                            {"statement", Value::bytes(copy_of(view_of(text)))},
                            {"server_key", Value::bytes(encode(key_->public_key()))},
                            {"server_signature", Value::bytes(encode(mark))}},
                     0});
  }
  if (edits.empty()) return success();
  Office office(core.ingest(), core.store(), core.schema(), core.clock(), core.rng());
  DAYBOOK_ASSIGN(const auto receipt, office.act(kActor, edits));
  wrote_ = true;
  if (receipt.verdict == Verdict::kParked || receipt.verdict == Verdict::kRefused)
    return failure(Errc::kInvalid, "anchor", receipt.reason);
  // Only now that it stands somewhere: a number that was drawn and not used would be a gap.
  return row.name.empty() ? success() : put_number(core.store(), kRow + row.name, row.given);
}

// One row of numbers for each branch and year.
Result<Registrar::Row> Registrar::row_for(ServerCore& core, const RecordState& visit,
                                          std::int64_t received_ms) {
  constexpr std::int64_t kMinute = 60'000;
  const std::tm local = calendar(received_ms + core.clock().utc_offset_min() * kMinute);
  DAYBOOK_ASSIGN(const auto branch, branch_of(core, visit));
  Row row;
  row.name = (branch.empty() ? "" : branch + "-") + std::to_string(1900 + local.tm_year);
  DAYBOOK_ASSIGN(row.given, number_in(core.store(), kRow + row.name));
  return row;
}

// The code of the organisation that the technician belongs to; empty where nobody wrote it down.
Result<std::string> Registrar::branch_of(ServerCore& core, const RecordState& visit) {
  const std::string technician = text_of_field(visit, "technician");
  if (core.schema().find("person") == nullptr || technician.empty()) return std::string();
  std::optional<Uuid> after;
  for (bool more = true; more;) {
    DAYBOOK_ASSIGN(const auto page, core.store().list_records("person", after, kPersonsAtOnce));
    for (const auto& person : page) {
      if (text_of_field(person, "login") != technician) continue;
      const auto outlet = value_of(person, "outlet");
      const auto id = outlet && outlet->kind() == Value::Kind::kBytes
                          ? Uuid::from(outlet->as_bytes())
                          : std::nullopt;
      if (!id) return std::string();
      DAYBOOK_ASSIGN(const auto organisation, core.store().find_record({"organisation", *id}));
      return organisation ? text_of_field(*organisation, "code") : std::string();
    }
    more = page.size() == kPersonsAtOnce;
    if (more) after = page.back().record.id;
  }
  return std::string();
}

}  // namespace daybook
