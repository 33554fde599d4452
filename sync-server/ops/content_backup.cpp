// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ops/content_backup.hpp"

#include <filesystem>
#include <functional>

namespace daybook {
namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kPieceSize = 4 << 20;

Result<void> each_content(ServerStore& book,
                          const std::function<Result<void>(const ContentRow&)>& visit) {
  std::optional<Digest> after;
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, book.list_contents(after, kPage));
    if (page.empty()) return {};
    for (const auto& content : page) {
      after = content.digest;
      if (content.removed_ms == 0) DAYBOOK_TRY(visit(content));
    }
  }
}

// Under the beginning of its digest while it is copied, so that a copy broken off goes on.
Result<void> copy(const ContentRow& content, BlobStore& from, BlobStore& to) {
  const Uuid upload = *Uuid::from(content.digest.view().first(Uuid::kSize));
  DAYBOOK_ASSIGN(std::uint64_t at, to.kept(upload));
  while (at < content.size) {
    DAYBOOK_ASSIGN(const auto piece, from.read(content.digest, at, kPieceSize));
    if (piece.empty()) return failure(Errc::kCorrupt, "content", "is shorter than it was");
    DAYBOOK_TRY(to.grow(upload, at, piece));
    at += piece.size();
  }
  auto whole = to.finish(upload, content.digest, content.size);
  if (!whole.ok()) DAYBOOK_TRY(to.drop(upload));
  return whole;
}

}  // namespace

std::string contents_beside(const std::string& backup) {
  return (std::filesystem::path(backup).parent_path() / "contents").string();
}

Result<ContentCopy> copy_contents(ServerStore& book, BlobStore& from, BlobStore& to) {
  ContentCopy done;
  const auto is_held = [&](const ContentRow& content) {
    if (content.backed_up == 0 && done.newly_held.size() < kNewlyHeldMax)
      done.newly_held.push_back(content.digest);
  };
  const auto take = [&](const ContentRow& content) -> Result<void> {
    ++done.contents;
    DAYBOOK_ASSIGN(const auto there, to.size_of(content.digest));
    if (there == content.size) {
      is_held(content);
      return {};
    }
    DAYBOOK_ASSIGN(const auto here, from.size_of(content.digest));
    if (!here) {
      ++done.missing;
      return {};
    }
    const auto copied = copy(content, from, to);
    // A damaged content is no reason to have no backup of the others.
    if (!copied.ok() && copied.error().code != Errc::kWrongHash &&
        copied.error().code != Errc::kCorrupt && copied.error().code != Errc::kInvalid)
      return copied;
    if (!copied.ok()) {
      ++done.missing;
      return {};
    }
    ++done.copied;
    done.bytes += content.size;
    is_held(content);
    return {};
  };
  DAYBOOK_TRY(each_content(book, take));
  return done;
}

Result<ContentCopy> count_contents(ServerStore& book, BlobStore& at) {
  ContentCopy found;
  DAYBOOK_TRY(each_content(book, [&](const ContentRow& content) -> Result<void> {
    ++found.contents;
    DAYBOOK_ASSIGN(const auto there, at.size_of(content.digest));
    if (there != content.size) ++found.missing;
    return {};
  }));
  return found;
}

}  // namespace daybook
