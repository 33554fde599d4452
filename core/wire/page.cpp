// SPDX-License-Identifier: Apache-2.0
// Grammar: PROTOCOL.md, "Page". A receipt carries its outcome as the very bytes that the commit
// stores and hashes.
#include "core/wire/page.hpp"

#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message_parts.hpp"

namespace daybook::wire {
namespace {

void write_entry(CborWriter& out, const PageEntry& entry) {
  out.array(6);
  write_items(out, entry.record);
  out.unsigned_integer(entry.version)
      .unsigned_integer(entry.row_version)
      .bytes(entry.row)
      .array(entry.scopes.size());
  for (const auto scope : entry.scopes) out.unsigned_integer(scope);
}

void write_left(CborWriter& out, const PageLeft& left) {
  out.array(4);
  write_items(out, left.record);
  out.unsigned_integer(left.scope).unsigned_integer(left.version);
}

void write_receipt(CborWriter& out, const Receipt& receipt) {
  out.array(7)
      .bytes(receipt.set.view())
      .bytes(receipt.incarnation.view())
      .unsigned_integer(receipt.seq);
  out.unsigned_integer(receipt.commit)
      .unsigned_integer(static_cast<std::uint64_t>(receipt.verdict));
  out.unsigned_integer(receipt.rules_version).bytes(encode_outcome(receipt));
}

void write_scope_digest(CborWriter& out, const ScopeDigest& digest) {
  out.array(3).text(digest.scope).unsigned_integer(digest.records).bytes(digest.digest.view());
}

// `left` and `entries` refer to the scopes by index, so an index is checked where it is read.
std::uint32_t read_scope_index(MessageReader& in, std::size_t scopes) {
  const auto index = in.unsigned_integer("scope", kScopesMax);
  if (!in.failed() && index >= scopes) {
    in.fail(Errc::kInvalid, "scope",
            "index " + std::to_string(index) + " of " + std::to_string(scopes));
  }
  return static_cast<std::uint32_t>(index);
}

std::vector<std::uint32_t> read_scopes_of_entry(MessageReader& in, std::size_t scopes) {
  auto read = in.list("scopes", kScopesMax,
                      [scopes](MessageReader& item) { return read_scope_index(item, scopes); });
  // A record in no scope could never be dropped again.
  if (!in.failed() && read.empty()) in.fail(Errc::kInvalid, "scopes", "expected at least 1");
  for (std::size_t i = 1; i < read.size() && !in.failed(); ++i) {
    if (read[i] <= read[i - 1]) in.fail(Errc::kInvalid, "scopes", "not ascending");
  }
  return read;
}

PageEntry read_entry(MessageReader& in, std::size_t scopes) {
  in.array_of("", 6);
  PageEntry entry;
  entry.record = read_record_items(in);
  entry.version = in.unsigned_integer("version");
  entry.row_version = in.unsigned_integer("row_version");
  entry.row = copy_of(in.bytes("row", kRowSizeMax));
  entry.scopes = read_scopes_of_entry(in, scopes);
  return entry;
}

PageLeft read_left(MessageReader& in, std::size_t scopes) {
  in.array_of("", 4);
  PageLeft left;
  left.record = read_record_items(in);
  left.scope = read_scope_index(in, scopes);
  left.version = in.unsigned_integer("version");
  return left;
}

// Only bytes that encode_outcome() would have written, so that a hash over them means what was
// decoded.
void read_outcome(MessageReader& in, Receipt& receipt) {
  const auto outcome = in.bytes("outcome", kOutcomeSizeMax);
  if (in.failed()) return;
  const auto decoded = decode_outcome(outcome, receipt);
  if (!decoded.ok()) {
    in.fail(decoded.error().code, "outcome." + decoded.error().field, decoded.error().detail);
  } else if (!same_bytes(encode_outcome(receipt), outcome)) {
    in.fail(Errc::kInvalid, "outcome", "not in canonical form");
  }
}

Receipt read_receipt(MessageReader& in) {
  in.array_of("", 7);
  Receipt receipt;
  receipt.set = in.fixed<SetId>("set");
  receipt.incarnation = in.fixed<IncarnationId>("incarnation");
  receipt.seq = in.unsigned_integer("seq");
  receipt.commit = in.unsigned_integer("commit");
  receipt.verdict = static_cast<Verdict>(in.unsigned_integer("verdict", kLastVerdict));
  receipt.rules_version = in.unsigned_integer("rules_version");
  read_outcome(in, receipt);
  return receipt;
}

ScopeDigest read_scope_digest(MessageReader& in) {
  in.array_of("", 3);
  ScopeDigest digest;
  digest.scope = read_scope_name(in);
  digest.records = in.unsigned_integer("records");
  digest.digest = in.fixed<Digest>("digest");
  return digest;
}

void write_own_run(CborWriter& out, const OwnRun& run) {
  out.array(8).bytes(run.incarnation.view()).unsigned_integer(run.first_seq);
  out.unsigned_integer(run.last_seq)
      .unsigned_integer(run.first_commit)
      .unsigned_integer(run.rules_version)
      .array(run.scopes.size());
  for (const auto scope : run.scopes) out.unsigned_integer(scope);
  out.unsigned_integer(run.records).bytes(run.digest.view());
}

OwnRun read_own_run(MessageReader& in, std::size_t scopes) {
  in.array_of("", 8);
  OwnRun run;
  run.incarnation = in.fixed<IncarnationId>("incarnation");
  run.first_seq = in.unsigned_integer("first_seq");
  run.last_seq = in.unsigned_integer("last_seq");
  run.first_commit = in.unsigned_integer("first_commit");
  run.rules_version = in.unsigned_integer("rules_version");
  run.scopes = read_scopes_of_entry(in, scopes);
  run.records = in.unsigned_integer("records", kPageEntriesMax);
  run.digest = in.fixed<Digest>("digest");
  const bool ordered = run.first_seq > 0 && run.first_commit > 0 && run.last_seq >= run.first_seq &&
                       run.last_seq - run.first_seq < kBatchSetsMax;
  if (!in.failed() && !ordered) in.fail(Errc::kInvalid, "last_seq", "no run of a batch");
  return run;
}

std::vector<std::string> read_scope_names(MessageReader& in, std::string_view name) {
  auto scopes = in.list(name, kScopesMax, read_scope_name);
  refuse_twice(in, name, scopes);
  return scopes;
}

void write_name(CborWriter& out, const std::string& name) { out.text(name); }

}  // namespace

void write_page(CborWriter& out, const Page& page) {
  out.array(page.own ? 11 : 10);
  write_cursor(out, page.head);
  write_list(out, page.scopes, write_name);
  write_positions(out, page.positions);
  write_list(out, page.scopes_left, write_name);
  write_list(out, page.entries, write_entry);
  write_list(out, page.left, write_left);
  write_list(out, page.receipts, write_receipt);
  out.unsigned_integer(page.receipts_through).boolean(page.complete);
  write_list(out, page.digests, write_scope_digest);
  if (page.own) write_own_run(out, *page.own);
}

Page read_page(MessageReader& in) {
  const auto items = in.array("", 11);
  if (!in.failed() && items < 10) in.fail(Errc::kInvalid, "", "expected 10 or 11 items");
  Page page;
  page.head = in.inside("head", read_cursor);
  page.scopes = read_scope_names(in, "scopes");
  page.positions = read_positions(in, "positions");
  page.scopes_left = read_scope_names(in, "scopes_left");
  const auto scopes = page.scopes.size();
  page.entries = in.list("entries", kPageEntriesMax,
                         [scopes](MessageReader& item) { return read_entry(item, scopes); });
  page.left = in.list("left", kPageEntriesMax,
                      [scopes](MessageReader& item) { return read_left(item, scopes); });
  page.receipts = in.list("receipts", kReceiptsPerPageMax, read_receipt);
  page.receipts_through = in.unsigned_integer("receipts_through");
  page.complete = in.boolean("complete");
  page.digests = in.list("digests", kScopesMax, read_scope_digest);
  if (!in.failed() && !page.complete && !page.digests.empty()) {
    in.fail(Errc::kInvalid, "digests", "only with a complete page");
  }
  if (items == 11) {
    page.own =
        in.inside("own", [scopes](MessageReader& item) { return read_own_run(item, scopes); });
  }
  return page;
}

}  // namespace daybook::wire
