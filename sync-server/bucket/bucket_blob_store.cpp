// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/bucket_blob_store.hpp"

#include <algorithm>
#include <limits>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "core/crypto/sha256.hpp"
#include "sync-server/bucket/bucket_xml.hpp"

namespace daybook {
namespace {

// A bucket that never ends its list would keep us busy for ever.
constexpr int kListPagesMax = 10'000;
constexpr std::uint64_t kPositionMax = std::numeric_limits<std::int64_t>::max();

using Method = BucketRequest::Method;

std::uint64_t last_of(std::uint64_t offset, std::size_t size) {
  return size - 1 > kPositionMax - offset ? kPositionMax : offset + size - 1;
}

}  // namespace

Result<std::unique_ptr<BucketBlobStore>> BucketBlobStore::open(const BucketSettings& settings,
                                                               const std::string& staging) {
  DAYBOOK_ASSIGN(const auto place, place_of(settings));
  DAYBOOK_ASSIGN(auto folder, Folder::open(staging));
  return std::unique_ptr<BucketBlobStore>(
      new BucketBlobStore(settings, place, UploadFolder(std::move(folder))));
}

std::string BucketBlobStore::key_of(const Digest& digest) const {
  return prefix_ + to_hex(digest.raw);
}

Error BucketBlobStore::failure_for(const BucketReply& reply, const char* method) const {
  return failure_of(reply, std::string(method) + " " + place_.root);
}

Result<void> BucketBlobStore::check() {
  DAYBOOK_TRY(list_page({}, {}, 1));
  return {};
}

Result<void> BucketBlobStore::finish(const Uuid& upload, const Digest& digest, std::uint64_t size) {
  DAYBOOK_ASSIGN(const auto file, uploads_.verified(upload, digest, size));
  DAYBOOK_ASSIGN(const auto reply, line_.ask({.method = Method::kPut,
                                              .url = place_.url_of(key_of(digest)),
                                              .range = {},
                                              .file = &file,
                                              .file_size = size,
                                              .file_digest = digest}));
  if (!reply.is_good()) return failure_for(reply, "PUT");
  return uploads_.drop(upload);
}

Result<std::optional<std::uint64_t>> BucketBlobStore::size_of(const Digest& digest) {
  DAYBOOK_ASSIGN(
      const auto reply,
      line_.ask({.method = Method::kHead, .url = place_.url_of(key_of(digest)), .range = {}}));
  if (reply.status == 404) return std::optional<std::uint64_t>();
  if (!reply.is_good()) return failure_for(reply, "HEAD");
  if (!reply.content_length)
    return failure(Errc::kIo, {}, "HEAD " + place_.root + ": answered without a size");
  return reply.content_length;
}

Result<Bytes> BucketBlobStore::read(const Digest& digest, std::uint64_t offset,
                                    std::size_t size_max) {
  // Of nothing no range can be asked for.
  const bool has_bytes = digest != sha256({});
  if (has_bytes && size_max > 0 && offset <= kPositionMax) {
    DAYBOOK_ASSIGN(auto reply, line_.ask({.method = Method::kGet,
                                          .url = place_.url_of(key_of(digest)),
                                          .range = {{offset, last_of(offset, size_max)}}}));
    if (reply.status == 206 && reply.range && reply.range->first == offset) {
      const auto size = std::min<std::uint64_t>(size_max, reply.range->total - offset);
      if (reply.body.size() < size)
        return failure(Errc::kIo, {}, "GET " + place_.root + ": answered with too few bytes");
      reply.body.resize(static_cast<std::size_t>(size));
      return std::move(reply.body);
    }
    if (reply.is_good())
      return failure(Errc::kIo, {}, "GET " + place_.root + ": answered with another range");
    if (reply.status == 404 && read_bucket_error_code(text_of(reply.body)) != "NoSuchBucket")
      return failure(Errc::kNotFound, "digest");
    if (reply.status != 416) return failure_for(reply, "GET");
  }
  // No byte is there or was asked for: which of the two, its size tells.
  DAYBOOK_ASSIGN(const auto size, size_of(digest));
  if (!size) return failure(Errc::kNotFound, "digest");
  if (offset > *size)
    return failure(Errc::kInvalid, "offset", std::to_string(*size) + " bytes are there");
  if (offset < *size && size_max > 0)
    return failure(Errc::kIo, {}, "GET " + place_.root + ": refused a range that is there");
  return Bytes();
}

Result<void> BucketBlobStore::remove(const Digest& digest) {
  DAYBOOK_ASSIGN(
      const auto reply,
      line_.ask({.method = Method::kDelete, .url = place_.url_of(key_of(digest)), .range = {}}));
  if (reply.is_good()) return {};
  if (reply.status == 404 && read_bucket_error_code(text_of(reply.body)) != "NoSuchBucket")
    return {};
  return failure_for(reply, "DELETE");
}

// The names of the query stand in the order in which they are signed.
Result<BucketBlobStore::Page> BucketBlobStore::list_page(const std::string& token,
                                                         const std::string& after,
                                                         std::size_t count_max) {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + percent_encoded(token) + "&";
  query += "list-type=2&max-keys=" + std::to_string(std::min(count_max, list_page_size_));
  if (!prefix_.empty()) query += "&prefix=" + percent_encoded(prefix_);
  if (token.empty() && !after.empty()) query += "&start-after=" + percent_encoded(after);
  DAYBOOK_ASSIGN(const auto reply, line_.ask({.method = Method::kGet,
                                              .url = place_.url_of_list(query),
                                              .range = {},
                                              .body_size_max = kBucketListSizeMax}));
  if (!reply.is_good()) return failure_for(reply, "GET");
  const auto list = read_bucket_list(text_of(reply.body));
  if (!list.ok())
    return failure(Errc::kIo, {}, "GET " + place_.root + ": no list: " + list.error().detail);
  Page page{{}, after, list->next_token};
  for (const auto& key : list->keys) {
    if (key <= page.last_key)
      return failure(Errc::kIo, {}, "GET " + place_.root + ": the list is not in order");
    page.last_key = key;
    if (!key.starts_with(prefix_)) continue;
    const auto raw = from_hex(std::string_view(key).substr(prefix_.size()));
    const auto digest = raw ? Digest::from(*raw) : std::nullopt;
    if (digest && key_of(*digest) == key) page.digests.push_back(*digest);
  }
  return page;
}

Result<std::vector<Digest>> BucketBlobStore::list(const std::optional<Digest>& after,
                                                  std::size_t count_max) {
  std::vector<Digest> listed;
  std::string token;
  std::string last_key = after ? key_of(*after) : std::string();
  for (int page_count = 0; listed.size() < count_max; ++page_count) {
    DAYBOOK_ASSIGN(const auto page, list_page(token, last_key, count_max - listed.size()));
    const auto wanted = std::min(page.digests.size(), count_max - listed.size());
    listed.insert(listed.end(), page.digests.begin(),
                  page.digests.begin() + static_cast<std::ptrdiff_t>(wanted));
    if (page.next_token.empty()) break;
    if (page.last_key == last_key || page_count == kListPagesMax)
      return failure(Errc::kIo, {}, "GET " + place_.root + ": the list does not end");
    token = page.next_token;
    last_key = page.last_key;
  }
  return listed;
}

}  // namespace daybook
