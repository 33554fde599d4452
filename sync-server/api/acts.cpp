// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/acts.hpp"

#include "core/base/hex.hpp"
#include "sync-server/api/json_out.hpp"
#include "sync-server/store/body_bytes.hpp"

namespace daybook {
Result<Receipt> receipt_of(const CommitRow& row) {
  Receipt receipt;
  receipt.set = row.set;
  receipt.commit = row.version;
  receipt.verdict = row.verdict;
  receipt.rules_version = row.rules_version;
  receipt.seq = row.seq;
  if (!row.outcome.empty()) DAYBOOK_TRY(decode_outcome(row.outcome, receipt));
  return receipt;
}

Result<Act> load_act(ServerStore& store, const CommitRow& row) {
  Act act{row, {}, {}};
  DAYBOOK_ASSIGN(act.receipt, receipt_of(row));
  DAYBOOK_ASSIGN(const Bytes bytes, body_bytes_of(store, row));
  DAYBOOK_ASSIGN(act.body, decode_body(bytes));
  return act;
}

Result<Json> author_json(ServerStore& store, const Act& act) {
  Json json = {
      {"version", act.row.version}, {"set", to_string(act.row.set)}, {"by", act.row.actor}};
  if (act.row.lineage == kOfficeLineage) {
    json["from"] = "office";
  } else {
    DAYBOOK_ASSIGN(const auto lineage, store.load_lineage(act.row.lineage));
    json["from"] = "device";
    if (lineage) json["device"] = to_string(lineage->device);
    json["seq"] = act.row.seq;
  }
  json["at"] = json_of(act.body.stamp);
  json["received_ms"] = act.row.received_ms;
  json["verdict"] = name_of(act.row.verdict);
  if (!act.receipt.reason.empty()) json["reason"] = act.receipt.reason;
  return json;
}

}  // namespace daybook
