// SPDX-License-Identifier: Apache-2.0
#include "client-lib/apply/positions.hpp"

#include "client-lib/local/settings.hpp"
#include "core/model/cbor.hpp"
#include "core/model/limits.hpp"
#include "core/wire/limits.hpp"

namespace daybook {

Result<std::vector<wire::ScopePosition>> find_positions(LocalStore& store) {
  std::vector<wire::ScopePosition> positions;
  DAYBOOK_ASSIGN(const auto bytes, store.find_setting(setting::kPositions));
  if (!bytes) return positions;
  CborReader in(*bytes);
  const std::size_t count = in.array("positions", wire::kScopesMax * 2);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    wire::ScopePosition position;
    const std::size_t items = in.array("positions", 5);
    position.scope = std::string(in.text("scope", wire::kScopeNameSizeMax));
    position.version = in.unsigned_integer("version");
    position.filling_since = in.unsigned_integer("filling_since");
    if (items == 5) {
      std::string collection(in.text("within", kNameSizeMax));
      position.within = RecordRef{std::move(collection), in.fixed<Uuid>("within")};
    }
    positions.push_back(std::move(position));
  }
  DAYBOOK_TRY(in.finish("positions"));
  return positions;
}

Result<void> put_positions(LocalStore& store, const std::vector<wire::ScopePosition>& positions) {
  CborWriter out;
  out.array(positions.size());
  for (const auto& position : positions) {
    out.array(position.within ? 5 : 3)
        .text(position.scope)
        .unsigned_integer(position.version)
        .unsigned_integer(position.filling_since);
    if (position.within) out.text(position.within->collection).bytes(position.within->id.view());
  }
  return store.put_setting(setting::kPositions, out.out());
}

bool is_receipt_scope(const std::string& scope) { return scope.rfind("device:", 0) == 0; }

}  // namespace daybook
