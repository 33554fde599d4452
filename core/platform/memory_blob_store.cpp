// SPDX-License-Identifier: Apache-2.0
#include "core/platform/memory_blob_store.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

template <class Key>
std::uint64_t size_of_all(const std::map<Key, Bytes>& kept) {
  std::uint64_t size = 0;
  for (const auto& [key, bytes] : kept) size += bytes.size();
  return size;
}

}  // namespace

Result<void> MemoryBlobStore::alive() const {
  if (dead_) return failure(Errc::kIo, {}, "the power is gone");
  return {};
}

// `change(part)` does what the call is for; `part` is how much of it comes true: all of it, but in
// the call in which the power goes.
template <class Change>
Result<void> MemoryBlobStore::write(Change change) {
  if (const auto code = std::exchange(next_failure_, std::nullopt)) return failure(*code);
  const auto tear = std::exchange(next_tear_, std::nullopt);
  change(tear.value_or(std::numeric_limits<std::uint64_t>::max()));
  dead_ = tear.has_value();
  return alive();
}

Result<std::uint64_t> MemoryBlobStore::kept(const Uuid& upload) {
  DAYBOOK_TRY(alive());
  const auto found = uploads_.find(upload);
  return found == uploads_.end() ? 0 : std::uint64_t{found->second.size()};
}

Result<void> MemoryBlobStore::grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) {
  DAYBOOK_ASSIGN(const auto size, kept(upload));
  if (offset != size)
    return failure(Errc::kInvalid, "offset", std::to_string(size) + " bytes are kept");
  if (bytes.empty()) return {};
  const auto taken = size_of_all(uploads_) + size_of_all(contents_);
  if (room_ && taken + bytes.size() > *room_) return failure(Errc::kDiskFull);
  return write([&](std::uint64_t part) {
    const auto whole =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(part, bytes.size())));
    auto& grown = uploads_[upload];
    grown.insert(grown.end(), whole.begin(), whole.end());
  });
}

Result<Bytes> MemoryBlobStore::head(const Uuid& upload, std::size_t size_max) {
  DAYBOOK_ASSIGN(const auto size, kept(upload));
  if (size == 0) return Bytes{};
  return copy_of(BytesView(uploads_.at(upload)).first(std::min<std::size_t>(size_max, size)));
}

Result<void> MemoryBlobStore::finish(const Uuid& upload, const Digest& digest, std::uint64_t size) {
  DAYBOOK_ASSIGN(const auto size_kept, kept(upload));
  if (size_kept != size)
    return failure(Errc::kInvalid, "size", std::to_string(size_kept) + " bytes are kept");
  const auto found = uploads_.find(upload);
  if (sha256(found == uploads_.end() ? BytesView() : found->second) != digest)
    return failure(Errc::kWrongHash, "digest");
  return write([&](std::uint64_t part) {
    if (part == 0) return;
    contents_.insert_or_assign(digest, found == uploads_.end() ? Bytes() : std::move(found->second));
    uploads_.erase(upload);
  });
}

Result<void> MemoryBlobStore::drop(const Uuid& upload) {
  DAYBOOK_TRY(alive());
  return write([&](std::uint64_t part) {
    if (part > 0) uploads_.erase(upload);
  });
}

Result<std::vector<Uuid>> MemoryBlobStore::uploads() {
  DAYBOOK_TRY(alive());
  std::vector<Uuid> ids;
  for (const auto& [upload, bytes] : uploads_) ids.push_back(upload);
  return ids;
}

Result<std::optional<std::uint64_t>> MemoryBlobStore::size_of(const Digest& digest) {
  DAYBOOK_TRY(alive());
  const auto found = contents_.find(digest);
  if (found == contents_.end()) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(found->second.size());
}

Result<Bytes> MemoryBlobStore::read(const Digest& digest, std::uint64_t offset,
                                    std::size_t size_max) {
  DAYBOOK_ASSIGN(const auto size, size_of(digest));
  if (!size) return failure(Errc::kNotFound, "digest");
  if (offset > *size)
    return failure(Errc::kInvalid, "offset", std::to_string(*size) + " bytes are there");
  const auto rest = BytesView(contents_.at(digest)).subspan(static_cast<std::size_t>(offset));
  return copy_of(rest.first(std::min(size_max, rest.size())));
}

Result<void> MemoryBlobStore::remove(const Digest& digest) {
  DAYBOOK_TRY(alive());
  return write([&](std::uint64_t part) {
    if (part > 0) contents_.erase(digest);
  });
}

Result<std::vector<Digest>> MemoryBlobStore::list(const std::optional<Digest>& after,
                                                  std::size_t count_max) {
  DAYBOOK_TRY(alive());
  std::vector<Digest> listed;
  auto at = after ? contents_.upper_bound(*after) : contents_.begin();
  for (; at != contents_.end() && listed.size() < count_max; ++at) listed.push_back(at->first);
  return listed;
}

}  // namespace daybook
