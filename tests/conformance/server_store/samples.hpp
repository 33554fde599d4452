// SPDX-License-Identifier: Apache-2.0
// Rows to put into a store: every field has a value of its own, so that a column that is forgotten
// or swapped shows. Used by the conformance cases and by what tests one adapter.
#pragma once

#include <string>
#include <vector>

#include "sync-server/store/server_store.hpp"
#include "tests/support/catch.hpp"

namespace daybook::test {

Uuid uuid_number(std::uint64_t number);
Digest digest_number(std::uint64_t number);
RecordRef record_number(const std::string& collection, std::uint64_t number);

CommitRow commit_number(
    Version version);  // of the office, set and head after the version, one visit written
CommitRow commit_of(Version version, Lineage lineage, std::uint64_t seq);
CommitRow later_verdict(Version version, const CommitRow& first, Verdict verdict);
RecordState state_of(const RecordRef& record, Version version, const std::string& note);
MemberRow member_of(const std::string& scope, const RecordRef& record, Version version);
LineageRow lineage_of(std::uint64_t device, std::uint64_t incarnation);
DeviceRow device_number(std::uint64_t number);
ConflictCase case_number(std::uint64_t number, const RecordRef& record);
ParkedRow parked_number(std::uint64_t number, Lineage lineage, std::uint64_t seq, Version commit);

// As a load returns it: without the records.
CommitRow as_loaded(CommitRow row);
// As verdicts_of() returns it: without the body too.
CommitRow without_body(CommitRow row);

// Text of a row with every field, to compare and to read when a comparison fails.
std::string text_of_row(const CommitRow& row);
std::string text_of_row(const EpochRow& row);
std::string text_of_row(const MemberRow& row);
std::string text_of_row(const LineageRow& row);
std::string text_of_row(const DeviceRow& row);
std::string text_of_row(const ContactRow& row);
std::string text_of_row(const UserRow& row);
std::string text_of_row(const EnrolCodeRow& row);
std::string text_of_row(const TokenRow& row);
std::string text_of_row(const WebhookRow& row);
std::string text_of_row(const ParkedRow& row);
std::string text_of_row(const EvidenceRow& row);
std::string text_of_row(const BackupRow& row);
std::string text_of_row(const SchemaRow& row);

template <class Row>
std::vector<std::string> texts_of(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.push_back(text_of_row(row));
  return texts;
}
template <class Row>
std::string text_of_row(const std::optional<Row>& row) {
  return row ? text_of_row(*row) : "nothing";
}

// The value of a result that must be good; a failing one ends the test with its error.
template <class T>
T good(Result<T> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
  return std::move(result).value();
}
inline void good(Result<void> result) {
  if (!result.ok()) FAIL(to_string(result.error()));
}
template <class T>
Errc code_of(const Result<T>& result) {
  return result.ok() ? Errc::kOk : result.error().code;
}

// Runs `work` in a transaction of its own.
template <class Work>
void in_transaction(ServerStore& store, Work work) {
  good(store.begin());
  work();
  good(store.commit());
}

}  // namespace daybook::test
