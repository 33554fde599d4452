// SPDX-License-Identifier: Apache-2.0
#include "core/platform/file_blob_store.hpp"

#include <algorithm>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr unsigned kShelves = 256;

std::string shelf_name(std::uint8_t first_byte) { return to_hex(BytesView(&first_byte, 1)); }

// Empty for what is not the name of a content on the shelf of `first_byte`.
std::optional<Digest> read_name(const std::string& name, std::uint8_t first_byte) {
  const auto raw = from_hex(name);
  const auto digest = raw ? Digest::from(*raw) : std::nullopt;
  if (!digest || digest->raw[0] != first_byte || to_hex(digest->raw) != name) return std::nullopt;
  return digest;
}

}  // namespace

Result<std::unique_ptr<FileBlobStore>> FileBlobStore::open(const std::string& root) {
  DAYBOOK_ASSIGN(const auto top, Folder::open(root));
  DAYBOOK_ASSIGN(auto contents, top.subfolder("contents"));
  DAYBOOK_ASSIGN(auto uploads, top.subfolder("uploads"));
  DAYBOOK_TRY(top.sync());
  return std::unique_ptr<FileBlobStore>(
      new FileBlobStore(std::move(contents), UploadFolder(std::move(uploads))));
}

Result<std::optional<Folder>> FileBlobStore::find_shelf(std::uint8_t first_byte) const {
  return contents_.find_subfolder(shelf_name(first_byte));
}

// A shelf that is there may have been made by somebody who has not come to his sync, or whose
// process died before it: one sync of our own tells.
Result<Folder> FileBlobStore::durable_shelf(std::uint8_t first_byte) {
  const std::lock_guard lock(shelves_mutex_);
  DAYBOOK_ASSIGN(auto shelf, contents_.subfolder(shelf_name(first_byte)));
  if (!durable_shelves_[first_byte]) DAYBOOK_TRY(contents_.sync());
  durable_shelves_.set(first_byte);
  return shelf;
}

Result<void> FileBlobStore::finish(const Uuid& upload, const Digest& digest, std::uint64_t size) {
  DAYBOOK_TRY(uploads_.verified(upload, digest, size));
  DAYBOOK_ASSIGN(const auto shelf, durable_shelf(digest.raw[0]));
  const auto name = to_hex(digest.raw);
  DAYBOOK_ASSIGN(const bool is_new, uploads_.lend(upload, size, shelf, name));
  // What was there may be damaged, these bytes were just compared.
  if (!is_new) DAYBOOK_TRY(uploads_.move(upload, size, shelf, name));
  // Also for what was there already: whoever put it there may not have come to its sync.
  DAYBOOK_TRY(shelf.sync());
  return uploads_.drop(upload);
}

Result<std::optional<std::uint64_t>> FileBlobStore::size_of(const Digest& digest) {
  DAYBOOK_ASSIGN(const auto shelf, find_shelf(digest.raw[0]));
  if (!shelf) return std::optional<std::uint64_t>();
  return shelf->size_of(to_hex(digest.raw));
}

Result<Bytes> FileBlobStore::read(const Digest& digest, std::uint64_t offset,
                                  std::size_t size_max) {
  DAYBOOK_ASSIGN(const auto shelf, find_shelf(digest.raw[0]));
  if (!shelf) return failure(Errc::kNotFound, "digest");
  DAYBOOK_ASSIGN(const auto file, shelf->find(to_hex(digest.raw)));
  if (!file) return failure(Errc::kNotFound, "digest");
  DAYBOOK_ASSIGN(const auto size, file->size());
  if (offset > size)
    return failure(Errc::kInvalid, "offset", std::to_string(size) + " bytes are there");
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size_max, size - offset)));
  DAYBOOK_ASSIGN(const auto got, file->read_at(offset, bytes));
  if (got != bytes.size())
    return failure(Errc::kIo, {}, "read " + file->name() + ": it became shorter");
  return bytes;
}

Result<void> FileBlobStore::remove(const Digest& digest) {
  DAYBOOK_ASSIGN(const auto shelf, find_shelf(digest.raw[0]));
  if (!shelf) return {};
  DAYBOOK_TRY(shelf->remove(to_hex(digest.raw)));
  return shelf->sync();  // of what is gone already too: an earlier sync may have failed
}

Result<std::vector<Digest>> FileBlobStore::list(const std::optional<Digest>& after,
                                                std::size_t count_max) {
  std::vector<Digest> listed;
  for (unsigned i = after ? after->raw[0] : 0; i < kShelves && listed.size() < count_max; ++i) {
    const auto first_byte = static_cast<std::uint8_t>(i);
    DAYBOOK_ASSIGN(const auto shelf, find_shelf(first_byte));
    if (!shelf) continue;
    DAYBOOK_ASSIGN(const auto names, shelf->names());
    std::vector<Digest> here;
    for (const auto& name : names) {
      const auto digest = read_name(name, first_byte);
      if (digest && (!after || *digest > *after)) here.push_back(*digest);
    }
    std::sort(here.begin(), here.end());
    here.resize(std::min(here.size(), count_max - listed.size()));
    listed.insert(listed.end(), here.begin(), here.end());
  }
  return listed;
}

}  // namespace daybook
