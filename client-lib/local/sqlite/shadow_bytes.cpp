// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/sqlite/shadow_bytes.hpp"

#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSetsMax = std::size_t{1} << 24;
constexpr std::size_t kValueMax = 2 << 20;
constexpr std::size_t kFieldsMax = kFieldsPerChangeMax * 4;

void write_covered(CborWriter& out, const CoveredField& covered) {
  const bool never_shown = covered.base == Base{};
  out.array(never_shown ? 1 : 3).text(covered.field);
  if (!never_shown) out.bytes(covered.base.epoch.view()).unsigned_integer(covered.base.version);
}

CoveredField read_covered(CborReader& in) {
  CoveredField covered;
  const std::size_t items = in.array("covered", 3);
  covered.field = std::string(in.text("covered.field", kNameSizeMax));
  if (items == 3) {
    covered.base.epoch = in.fixed<EpochId>("covered.epoch");
    covered.base.version = in.unsigned_integer("covered.version");
  }
  return covered;
}

}  // namespace

Bytes encode_shadow(const ShadowRow& row) {
  CborWriter out;
  out.array(7);
  if (row.office) {
    out.fields(*row.office);
  } else {
    out.null();
  }
  out.unsigned_integer(row.version).unsigned_integer(row.foreign);
  out.array(row.sets.size());
  std::uint64_t before = 0;
  for (const std::uint64_t number : row.sets) {
    out.unsigned_integer(number - before);
    before = number;
  }
  out.bytes(row.last_writer.view());
  if (row.creator) {
    out.bytes(row.creator->view());
  } else {
    out.null();
  }
  out.array(row.covered.size());
  for (const auto& covered : row.covered) write_covered(out, covered);
  return out.take();
}

Result<ShadowRow> decode_shadow(BytesView bytes) {
  CborReader in(bytes);
  ShadowRow row;
  in.array_of("shadow", 7);
  if (!in.take_null()) row.office = in.fields("shadow.office", kFieldsMax, kValueMax);
  row.version = in.unsigned_integer("shadow.version");
  row.foreign = in.unsigned_integer("shadow.foreign");
  const std::size_t sets = in.array("shadow.sets", kSetsMax);
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < sets && !in.failed(); ++i) {
    before += in.unsigned_integer("shadow.sets");
    row.sets.push_back(before);
  }
  row.last_writer = in.fixed<SetId>("shadow.last_writer");
  if (!in.take_null()) row.creator = in.fixed<SetId>("shadow.creator");
  const std::size_t covered = in.array("shadow.covered", kFieldsMax);
  for (std::size_t i = 0; i < covered && !in.failed(); ++i) row.covered.push_back(read_covered(in));
  DAYBOOK_TRY(in.finish("shadow"));
  return row;
}

}  // namespace daybook
