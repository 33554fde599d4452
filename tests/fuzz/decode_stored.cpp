// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: what a damaged store would hand us: outcomes, cases, and records with their
// provenance. The first byte chooses which; for a record, the second is the length of its row.
#include <algorithm>

#include "core/model/conflict_case.hpp"
#include "core/model/receipt.hpp"
#include "core/model/record_state.hpp"

namespace {

using namespace daybook;

// One of an older form comes back in today's; one of today's as the same bytes.
void try_case(BytesView input) {
  const auto conflict = decode_case(input);
  if (!conflict.ok()) return;
  const Bytes again = encode(*conflict);
  const auto twice = decode_case(again);
  if (!twice.ok() || *twice != *conflict || encode(*twice) != again) std::abort();
  if (again.size() == input.size() && !same_bytes(again, input)) std::abort();
}

void try_record(BytesView input) {
  if (input.empty()) return;
  const BytesView rest = input.subspan(1);
  const std::size_t row_size = std::min<std::size_t>(input[0], rest.size());
  const auto state =
      decode_record_state({"visit", {}}, rest.first(row_size), rest.subspan(row_size));
  if (!state.ok()) return;
  const EncodedRecord again = encode(*state);
  if (!same_bytes(again.row, rest.first(row_size))) std::abort();
  if (!same_bytes(again.provenance, rest.subspan(row_size))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const BytesView input(bytes + 1, size - 1);
  switch (bytes[0] % 3) {
    case 0: {
      Receipt receipt;
      if (decode_outcome(input, receipt).ok() && !same_bytes(encode_outcome(receipt), input))
        std::abort();
      break;
    }
    case 1: try_case(input); break;
    default: try_record(input);
  }
  return 0;
}
