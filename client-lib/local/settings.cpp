// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/settings.hpp"

#include "core/model/cbor.hpp"

namespace daybook {

Result<std::optional<std::uint64_t>> find_number(LocalStore& store, const char* name) {
  DAYBOOK_ASSIGN(const auto bytes, store.find_setting(name));
  if (!bytes) return std::optional<std::uint64_t>{};
  CborReader in(*bytes);
  const std::uint64_t number = in.unsigned_integer(name);
  DAYBOOK_TRY(in.finish(name));
  return std::optional<std::uint64_t>(number);
}

Result<void> put_number(LocalStore& store, const char* name, std::uint64_t number) {
  return store.put_setting(name, CborWriter().unsigned_integer(number).out());
}

Result<std::optional<Cursor>> find_cursor(LocalStore& store) {
  DAYBOOK_ASSIGN(const auto bytes, store.find_setting(setting::kCursor));
  if (!bytes) return std::optional<Cursor>{};
  CborReader in(*bytes);
  Cursor cursor;
  in.array_of("cursor", 3);
  cursor.epoch = in.fixed<EpochId>("cursor.epoch");
  cursor.version = in.unsigned_integer("cursor.version");
  cursor.head = in.fixed<Digest>("cursor.head");
  DAYBOOK_TRY(in.finish("cursor"));
  return std::optional<Cursor>(cursor);
}

Result<void> put_cursor(LocalStore& store, const Cursor& cursor) {
  CborWriter out;
  out.array(3)
      .bytes(cursor.epoch.view())
      .unsigned_integer(cursor.version)
      .bytes(cursor.head.view());
  return store.put_setting(setting::kCursor, out.out());
}

Result<EpochId> find_view_epoch(LocalStore& store) {
  DAYBOOK_ASSIGN(const auto bytes, store.find_setting(setting::kViewEpoch));
  if (!bytes) return EpochId{};
  const auto epoch = EpochId::from(*bytes);
  if (!epoch) return failure(Errc::kCorrupt, setting::kViewEpoch);
  return *epoch;
}

Result<void> put_view_epoch(LocalStore& store, const EpochId& epoch) {
  return store.put_setting(setting::kViewEpoch, epoch.view());
}

}  // namespace daybook
