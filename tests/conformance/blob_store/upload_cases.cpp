// SPDX-License-Identifier: Apache-2.0
// Contents on their way: pieces, what is kept of them, and who forgets them.
#include <algorithm>

#include "tests/conformance/blob_store/suite.hpp"

namespace daybook::test {

namespace {

void unknown_upload(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  CHECK(good(store.kept(upload_number(1))) == 0);
  CHECK(good(store.uploads()).empty());
  good(store.drop(upload_number(1)));
}

void pieces_add_up(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(100'000, 1);
  const BytesView all(bytes);
  good(store.grow(upload_number(1), 0, all.first(1)));
  CHECK(good(store.kept(upload_number(1))) == 1);
  good(store.grow(upload_number(1), 1, all.subspan(1, 70'000)));
  CHECK(good(store.kept(upload_number(1))) == 70'001);
  good(store.grow(upload_number(1), 70'001, {}));
  CHECK(good(store.kept(upload_number(1))) == 70'001);
  good(store.grow(upload_number(1), 70'001, all.subspan(70'001)));
  const auto digest = sha256(bytes);
  good(store.finish(upload_number(1), digest, bytes.size()));
  CHECK(good(store.read(digest, 0, bytes.size())) == bytes);
}

void its_head_can_be_read(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(5'000, 4);
  const BytesView all(bytes);
  CHECK(good(under_test.store().head(upload_number(4), 100)).empty());
  good(under_test.store().grow(upload_number(4), 0, all.first(60)));
  good(under_test.store().grow(upload_number(5), 0, sample(500, 5)));
  CHECK(good(under_test.store().head(upload_number(4), 100)) == copy_of(all.first(60)));
  good(under_test.store().grow(upload_number(4), 60, all.subspan(60)));
  under_test.reopen();
  CHECK(good(under_test.store().head(upload_number(4), 100)) == copy_of(all.first(100)));
  CHECK(good(under_test.store().head(upload_number(4), 9'000)) == bytes);
  good(under_test.store().drop(upload_number(4)));
  CHECK(good(under_test.store().head(upload_number(4), 100)).empty());
}

void wrong_offset(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(3'000, 2);
  const BytesView all(bytes);
  CHECK(verdict_of(store.grow(upload_number(2), 5, all)) == "invalid at offset");
  CHECK(good(store.kept(upload_number(2))) == 0);
  good(store.grow(upload_number(2), 0, all.first(1'000)));
  for (const std::uint64_t offset : {0, 999, 1'001, 3'000})
    CHECK(verdict_of(store.grow(upload_number(2), offset, all.first(500))) == "invalid at offset");
  CHECK(verdict_of(store.grow(upload_number(2), 1'001, {})) == "invalid at offset");
  CHECK(good(store.kept(upload_number(2))) == 1'000);
  good(store.grow(upload_number(2), 1'000, all.subspan(1'000)));
  good(store.finish(upload_number(2), sha256(bytes), bytes.size()));
}

void outlives_a_stop(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(5'000, 3);
  const BytesView all(bytes);
  good(under_test.store().grow(upload_number(3), 0, all.first(1'234)));
  under_test.reopen();
  CHECK(good(under_test.store().kept(upload_number(3))) == 1'234);
  CHECK(good(under_test.store().uploads()) == std::vector{upload_number(3)});
  good(under_test.store().grow(upload_number(3), 1'234, all.subspan(1'234)));
  under_test.reopen();
  good(under_test.store().finish(upload_number(3), sha256(bytes), bytes.size()));
}

void uploads_are_listed(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  std::vector<Uuid> wanted;
  for (std::uint64_t i = 0; i < 5; ++i) {
    wanted.push_back(upload_number(i));
    good(store.grow(upload_number(i), 0, sample(10 + i, i)));
  }
  good(store.grow(upload_number(4), 14, sample(10, 99)));
  std::sort(wanted.begin(), wanted.end());
  auto listed = good(store.uploads());
  std::sort(listed.begin(), listed.end());
  CHECK(listed == wanted);
}

void dropped_begins_anew(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  good(store.grow(upload_number(1), 0, sample(100, 1)));
  good(store.grow(upload_number(2), 0, sample(200, 2)));
  good(store.drop(upload_number(1)));
  CHECK(good(store.kept(upload_number(1))) == 0);
  CHECK(good(store.uploads()) == std::vector{upload_number(2)});
  good(store.drop(upload_number(1)));
  const auto digest = put(store, sample(50, 3), 1);
  CHECK(good(store.read(digest, 0, 100)) == sample(50, 3));
  CHECK(good(store.kept(upload_number(2))) == 200);
}

void side_by_side(BlobStoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto bytes = sample(2'000, 4);
  const BytesView all(bytes);
  good(store.grow(upload_number(1), 0, all.first(1'500)));
  good(store.grow(upload_number(2), 0, all.first(500)));
  good(store.grow(upload_number(2), 500, all.subspan(500)));
  good(store.finish(upload_number(2), sha256(bytes), bytes.size()));
  CHECK(good(store.kept(upload_number(1))) == 1'500);
  good(store.grow(upload_number(1), 1'500, all.subspan(1'500)));
  good(store.finish(upload_number(1), sha256(bytes), bytes.size()));
  CHECK(good(store.uploads()).empty());
  CHECK(good(store.list(std::nullopt, 9)) == std::vector{sha256(bytes)});
}

}  // namespace

std::vector<BlobStoreCase> upload_cases() {
  return {
      {"an upload nobody heard of has no bytes, and dropping it is no error", unknown_upload},
      {"pieces add up, one byte or many, and become the content", pieces_add_up},
      {"the head of an upload can be read before it is a content", its_head_can_be_read},
      {"a piece for another place than the end is refused and changes nothing", wrong_offset},
      {"what is kept outlives a stop, and the upload goes on from there", outlives_a_stop},
      {"every upload on its way is listed once", uploads_are_listed},
      {"a dropped upload is gone and may begin anew", dropped_begins_anew},
      {"two uploads of the same content do not disturb each other", side_by_side},
  };
}

}  // namespace daybook::test
