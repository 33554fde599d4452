// SPDX-License-Identifier: Apache-2.0
// Contents: how one becomes one, how it is read, listed and removed.
#include <algorithm>
#include <limits>

#include "tests/conformance/blob_store/suite.hpp"

namespace daybook::test {

namespace {

void finished(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(4'321, 1);
  const auto digest = sha256(bytes);
  CHECK_FALSE(good(under_test.store().size_of(digest)).has_value());
  put(under_test.store(), bytes, 1);
  CHECK(good(under_test.store().uploads()).empty());
  CHECK(good(under_test.store().kept(upload_number(1))) == 0);
  for (int opened = 0; opened < 2; ++opened) {
    CHECK(good(under_test.store().size_of(digest)) == std::optional<std::uint64_t>(4'321));
    CHECK(good(under_test.store().read(digest, 0, 10'000)) == bytes);
    under_test.reopen();
  }
}

void other_size(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(1'000, 2);
  good(store.grow(upload_number(1), 0, BytesView(bytes).first(900)));
  for (const std::uint64_t size : {0, 899, 901, 1'000})
    CHECK(verdict_of(store.finish(upload_number(1), sha256(bytes), size)) == "invalid at size");
  CHECK(verdict_of(store.finish(upload_number(2), sha256(bytes), 1'000)) == "invalid at size");
  CHECK_FALSE(good(store.size_of(sha256(bytes))).has_value());
  good(store.grow(upload_number(1), 900, BytesView(bytes).subspan(900)));
  good(store.finish(upload_number(1), sha256(bytes), 1'000));
}

void other_bytes(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(1'000, 3);
  auto other = bytes;
  other[999] ^= 1;
  good(store.grow(upload_number(1), 0, other));
  CHECK(code_name(store.finish(upload_number(1), sha256(bytes), 1'000)) == "wrong_hash");
  CHECK_FALSE(good(store.size_of(sha256(bytes))).has_value());
  CHECK(good(store.kept(upload_number(1))) == 1'000);
  good(store.finish(upload_number(1), sha256(other), 1'000));
  CHECK(good(store.list(std::nullopt, 9)) == std::vector{sha256(other)});
}

void there_already(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(2'000, 4);
  const auto digest = put(store, bytes, 1);
  put(store, bytes, 2);
  CHECK(good(store.uploads()).empty());
  CHECK(good(store.read(digest, 0, 2'000)) == bytes);
  // Naming what is there is no proof of having it.
  good(store.grow(upload_number(3), 0, sample(2'000, 5)));
  CHECK(code_name(store.finish(upload_number(3), digest, 2'000)) == "wrong_hash");
  CHECK(verdict_of(store.finish(upload_number(4), digest, 2'000)) == "invalid at size");
  CHECK(good(store.read(digest, 0, 2'000)) == bytes);
}

void empty_content(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto digest = sha256({});
  CHECK(code_name(store.finish(upload_number(1), sha256(sample(1, 1)), 0)) == "wrong_hash");
  good(store.finish(upload_number(1), digest, 0));
  CHECK(good(store.size_of(digest)) == std::optional<std::uint64_t>(0));
  CHECK(good(store.read(digest, 0, 10)).empty());
  CHECK(verdict_of(store.read(digest, 1, 10)) == "invalid at offset");
  CHECK(good(store.uploads()).empty());
}

void windows(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(1'000, 6);
  const auto digest = put(store, bytes, 1);
  const auto part = [&](std::size_t from, std::size_t size) {
    return copy_of(BytesView(bytes).subspan(from, size));
  };
  CHECK(good(store.read(digest, 0, 1)) == part(0, 1));
  CHECK(good(store.read(digest, 0, 999)) == part(0, 999));
  CHECK(good(store.read(digest, 1, 999)) == part(1, 999));
  CHECK(good(store.read(digest, 250, 500)) == part(250, 500));
  CHECK(good(store.read(digest, 999, 1)) == part(999, 1));
  CHECK(good(store.read(digest, 900, 1'000)) == part(900, 100));
  CHECK(good(store.read(digest, 1'000, 10)).empty());
  CHECK(good(store.read(digest, 500, 0)).empty());
  CHECK(good(store.read(digest, 500, std::numeric_limits<std::size_t>::max())) == part(500, 500));
  CHECK(verdict_of(store.read(digest, 1'001, 10)) == "invalid at offset");
  CHECK(verdict_of(store.read(digest, 1'001, 0)) == "invalid at offset");
  CHECK(code_name(store.read(sha256(sample(1, 7)), 0, 10)) == "not_found");
  CHECK(code_name(store.read(sha256(sample(1, 7)), 0, 0)) == "not_found");
}

void removed(BlobStoreUnderTest& under_test) {
  const auto kept = put(under_test.store(), sample(100, 1), 1);
  const auto gone = put(under_test.store(), sample(100, 2), 2);
  good(under_test.store().remove(gone));
  good(under_test.store().remove(gone));
  under_test.reopen();
  CHECK_FALSE(good(under_test.store().size_of(gone)).has_value());
  CHECK(code_name(under_test.store().read(gone, 0, 1)) == "not_found");
  CHECK(good(under_test.store().list(std::nullopt, 9)) == std::vector{kept});
  CHECK(put(under_test.store(), sample(100, 2), 3) == gone);
}

void listed_in_order(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  CHECK(good(store.list(std::nullopt, 10)).empty());
  std::vector<Digest> wanted;
  for (std::uint64_t i = 0; i < 40; ++i) wanted.push_back(put(store, sample(20, i), i));
  std::sort(wanted.begin(), wanted.end());
  CHECK(good(store.list(std::nullopt, 1'000)) == wanted);
  CHECK(good(store.list(std::nullopt, 0)).empty());
  std::vector<Digest> paged;
  std::optional<Digest> after;
  for (;;) {
    const auto page = good(store.list(after, 7));
    if (page.empty()) break;
    CHECK(page.size() <= 7);
    paged.insert(paged.end(), page.begin(), page.end());
    after = page.back();
  }
  CHECK(paged == wanted);
  // One goes while somebody pages: its name is still a place in the order.
  good(store.remove(wanted[10]));
  CHECK(good(store.list(wanted[10], 1)) == std::vector{wanted[11]});
  Digest first{}, last{};
  last.raw.fill(0xff);
  CHECK(good(store.list(first, 1)) == std::vector{wanted[0]});
  CHECK(good(store.list(last, 1)).empty());
}

void large(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(5 * 1024 * 1024 + 1, 8);
  const BytesView all(bytes);
  for (std::size_t at = 0; at < bytes.size(); at += 1'000'003) {
    const auto size = std::min<std::size_t>(1'000'003, bytes.size() - at);
    good(store.grow(upload_number(1), at, all.subspan(at, size)));
  }
  const auto digest = sha256(bytes);
  good(store.finish(upload_number(1), digest, bytes.size()));
  CHECK(good(store.size_of(digest)) == std::optional<std::uint64_t>(bytes.size()));
  Bytes back;
  while (back.size() < bytes.size()) {
    const auto piece = good(store.read(digest, back.size(), 700'001));
    REQUIRE_FALSE(piece.empty());
    back.insert(back.end(), piece.begin(), piece.end());
  }
  CHECK(back == bytes);
}

}  // namespace

std::vector<BlobStoreCase> content_cases() {
  return {
      {"a finished upload is a content, before and after a stop, and the upload is gone", finished},
      {"an upload of another size is refused and stays as it was", other_size},
      {"other bytes than the digest says are refused and stay as they were", other_bytes},
      {"a content that is there stays; who sends it again must send its bytes", there_already},
      {"an empty content needs no piece", empty_content},
      {"any window of a content can be read, and none beyond its end", windows},
      {"a removed content is gone for good and may come again", removed},
      {"contents are listed in order, page by page", listed_in_order},
      {"a content of megabytes comes back piece by piece", large},
  };
}

}  // namespace daybook::test
