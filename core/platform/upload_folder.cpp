// SPDX-License-Identifier: Apache-2.0
#include "core/platform/upload_folder.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <string_view>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::size_t kIdSize = 36;
constexpr std::size_t kHashedBlockSize = 256 * 1024;
constexpr std::uint64_t kFileSizeMax = std::numeric_limits<std::int64_t>::max();

std::string name_for(const Uuid& upload, std::uint64_t kept) {
  return to_string(upload) + "." + std::to_string(kept);
}

struct UploadName {
  Uuid upload;
  std::uint64_t kept = 0;
};

// Empty for what is not one of ours, letter by letter.
std::optional<UploadName> read_name(std::string_view name) {
  if (name.size() < kIdSize + 2 || name[kIdSize] != '.') return std::nullopt;
  const auto upload = uuid_from(name.substr(0, kIdSize));
  if (!upload) return std::nullopt;
  UploadName read{*upload, 0};
  const auto digits = name.substr(kIdSize + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), read.kept);
  if (read.kept > kFileSizeMax || name_for(read.upload, read.kept) != name) return std::nullopt;
  return read;
}

Result<Digest> hash_of(const OpenFile& file, std::uint64_t size) {
  Sha256 hash;
  Bytes block(static_cast<std::size_t>(std::min<std::uint64_t>(kHashedBlockSize, size)));
  for (std::uint64_t at = 0; at < size;) {
    const auto want = std::min<std::uint64_t>(block.size(), size - at);
    DAYBOOK_ASSIGN(const auto got, file.read_at(at, std::span(block).first(want)));
    if (got != want) return failure(Errc::kIo, {}, "read " + file.name() + ": it became shorter");
    hash.update(BytesView(block).first(got));
    at += got;
  }
  return hash.finish();
}

}  // namespace

// `expected` is where to look first; a folder with many uploads is read only when that fails. A
// file that is shorter than its name says has lost bytes: what there is counts.
Result<std::optional<UploadFolder::Place>> UploadFolder::find(
    const Uuid& upload, std::optional<std::uint64_t> expected) const {
  if (expected) {
    DAYBOOK_ASSIGN(const auto size, folder_.size_of(name_for(upload, *expected)));
    if (size && *size >= *expected)
      return std::optional(Place{name_for(upload, *expected), *expected});
  }
  std::optional<Place> found;
  DAYBOOK_ASSIGN(const auto names, folder_.names());
  for (const auto& name : names) {
    const auto read = read_name(name);
    if (!read || read->upload != upload) continue;
    DAYBOOK_ASSIGN(const auto size, folder_.size_of(name));
    if (!size) continue;
    const auto kept = std::min(*size, read->kept);
    if (!found || kept > found->kept) found = Place{name, kept};
  }
  return found;
}

Result<std::uint64_t> UploadFolder::kept(const Uuid& upload) const {
  DAYBOOK_ASSIGN(const auto found, find(upload, std::nullopt));
  return found ? found->kept : 0;
}

Result<Bytes> UploadFolder::head(const Uuid& upload, std::size_t size_max) const {
  DAYBOOK_ASSIGN(const auto found, find(upload, std::nullopt));
  if (!found) return Bytes{};
  DAYBOOK_ASSIGN(const auto file, folder_.find(found->name));
  if (!file) return failure(Errc::kIo, {}, "read " + found->name + ": it is gone");
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size_max, found->kept)));
  DAYBOOK_ASSIGN(const auto got, file->read_at(0, bytes));
  if (got != bytes.size())
    return failure(Errc::kIo, {}, "read " + file->name() + ": it became shorter");
  return bytes;
}

Result<void> UploadFolder::grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) const {
  DAYBOOK_ASSIGN(auto found, find(upload, offset));
  const Place place = found.value_or(Place{name_for(upload, 0), 0});
  if (offset != place.kept)
    return failure(Errc::kInvalid, "offset", std::to_string(place.kept) + " bytes are kept");
  if (bytes.size() > kFileSizeMax - offset) return failure(Errc::kTooLarge, "offset");
  if (bytes.empty()) return {};

  DAYBOOK_ASSIGN(const auto file, folder_.open_or_make(place.name));
  // Lent to a content and never taken away: what is written here would be written there.
  DAYBOOK_ASSIGN(const bool is_lent, file.has_other_names());
  if (is_lent) return failure(Errc::kInvalid, "offset", "it is finished");
  DAYBOOK_ASSIGN(const auto size, file.size());
  if (size > place.kept) DAYBOOK_TRY(file.cut_at(place.kept));
  auto done = file.write_at(offset, bytes);
  if (done.ok()) done = file.sync();
  if (done.ok()) done = publish(place, name_for(upload, offset + bytes.size()));
  if (done.ok()) return {};
  // Room is given back at once, and pages that a failed sync may have forgotten go with it. When
  // this fails too, the name still says what is kept.
  (void)(place.kept == 0 ? folder_.remove(place.name) : file.cut_at(place.kept));
  return done;
}

Result<void> UploadFolder::publish(const Place& place, const std::string& new_name) const {
  DAYBOOK_TRY(folder_.rename(place.name, new_name));
  auto synced = folder_.sync();
  // Not acknowledged, so not kept: a later sync may call a name durable that this one lost.
  if (!synced.ok()) (void)folder_.rename(new_name, place.name);
  return synced;
}

Result<void> UploadFolder::drop(const Uuid& upload) const {
  for (;;) {
    DAYBOOK_ASSIGN(const auto found, find(upload, 0));
    if (!found) return {};
    DAYBOOK_TRY(folder_.remove(found->name));
  }
}

Result<std::vector<Uuid>> UploadFolder::uploads() const {
  DAYBOOK_ASSIGN(const auto names, folder_.names());
  std::set<Uuid> found;
  for (const auto& name : names) {
    if (const auto read = read_name(name)) found.insert(read->upload);
  }
  return std::vector<Uuid>(found.begin(), found.end());
}

Result<OpenFile> UploadFolder::verified(const Uuid& upload, const Digest& digest,
                                        std::uint64_t size) const {
  DAYBOOK_ASSIGN(auto found, find(upload, size));
  const Place place = found.value_or(Place{name_for(upload, 0), 0});
  if (place.kept != size)
    return failure(Errc::kInvalid, "size", std::to_string(place.kept) + " bytes are kept");
  if (!found) {  // an empty content, of which no piece ever came
    if (digest != sha256({})) return failure(Errc::kWrongHash, "digest");
    DAYBOOK_ASSIGN(auto made, folder_.open_or_make(place.name));
    DAYBOOK_TRY(made.sync());
    return made;
  }
  DAYBOOK_ASSIGN(auto file, folder_.open_or_make(place.name));
  DAYBOOK_ASSIGN(const auto hash, hash_of(file, size));
  if (hash != digest) return failure(Errc::kWrongHash, "digest", "they are " + to_hex(hash.raw));
  if (place.name != name_for(upload, size))
    DAYBOOK_TRY(folder_.rename(place.name, name_for(upload, size)));
  DAYBOOK_ASSIGN(const auto size_on_disk, file.size());
  if (size_on_disk > size) {  // what a power cut left
    DAYBOOK_TRY(file.cut_at(size));
    DAYBOOK_TRY(file.sync());
  }
  return file;
}

Result<bool> UploadFolder::lend(const Uuid& upload, std::uint64_t size, const Folder& target,
                                const std::string& name) const {
  return folder_.lend(name_for(upload, size), target, name);
}

Result<void> UploadFolder::move(const Uuid& upload, std::uint64_t size, const Folder& target,
                                const std::string& name) const {
  return folder_.move(name_for(upload, size), target, name);
}

}  // namespace daybook
