// SPDX-License-Identifier: Apache-2.0
// Receipts as bytes in a column.
#include "client-lib/local/sqlite/shadow_bytes.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {
constexpr std::size_t kOutcomeMax = 4 << 20;
}

Bytes encode_receipt(const Receipt& receipt) {
  CborWriter out;
  out.array(7)
      .bytes(receipt.set.view())
      .bytes(receipt.incarnation.view())
      .unsigned_integer(receipt.seq);
  out.unsigned_integer(receipt.commit)
      .unsigned_integer(static_cast<std::uint64_t>(receipt.verdict));
  out.unsigned_integer(receipt.rules_version).bytes(encode_outcome(receipt));
  return out.take();
}

Result<Receipt> decode_receipt(BytesView bytes) {
  CborReader in(bytes);
  Receipt receipt;
  in.array_of("receipt", 7);
  receipt.set = in.fixed<SetId>("receipt.set");
  receipt.incarnation = in.fixed<IncarnationId>("receipt.incarnation");
  receipt.seq = in.unsigned_integer("receipt.seq");
  receipt.commit = in.unsigned_integer("receipt.commit");
  receipt.verdict = static_cast<Verdict>(in.unsigned_integer("receipt.verdict", kLastVerdict));
  receipt.rules_version = in.unsigned_integer("receipt.rules_version");
  const BytesView outcome = in.bytes("receipt.outcome", kOutcomeMax);
  DAYBOOK_TRY(in.finish("receipt"));
  DAYBOOK_TRY(decode_outcome(outcome, receipt));
  return receipt;
}

}  // namespace daybook
