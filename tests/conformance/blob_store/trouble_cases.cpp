// SPDX-License-Identifier: Apache-2.0
// Bad days of the disk that uploads are kept on.
#include "tests/conformance/blob_store/suite.hpp"

namespace daybook::test {

namespace {

void full_at_the_first_piece(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(3'000, 1);
  under_test.set_full(true);
  CHECK(code_name(under_test.store().grow(upload_number(1), 0, bytes)) == "disk_full");
  CHECK(good(under_test.store().kept(upload_number(1))) == 0);
  under_test.set_full(false);
  put(under_test.store(), bytes, 1);
}

void full_at_a_later_piece(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(3'000, 2);
  const BytesView all(bytes);
  const auto content = put(under_test.store(), sample(10, 3), 9);
  good(under_test.store().grow(upload_number(1), 0, all.first(1'000)));
  under_test.set_full(true);
  for (int tried = 0; tried < 2; ++tried) {
    CHECK(code_name(under_test.store().grow(upload_number(1), 1'000, all.subspan(1'000))) ==
          "disk_full");
    CHECK(good(under_test.store().kept(upload_number(1))) == 1'000);
    CHECK(good(under_test.store().read(content, 0, 10)) == sample(10, 3));
  }
  under_test.set_full(false);
  under_test.reopen();
  CHECK(good(under_test.store().kept(upload_number(1))) == 1'000);
  good(under_test.store().grow(upload_number(1), 1'000, all.subspan(1'000)));
  good(under_test.store().finish(upload_number(1), sha256(bytes), 3'000));
}

void sick(BlobStoreUnderTest& under_test) {
  const auto bytes = sample(3'000, 4);
  const BytesView all(bytes);
  good(under_test.store().grow(upload_number(1), 0, all.first(1'000)));
  under_test.fail_next_write();
  CHECK(code_name(under_test.store().grow(upload_number(1), 1'000, all.subspan(1'000))) == "io");
  CHECK(good(under_test.store().kept(upload_number(1))) == 1'000);
  good(under_test.store().grow(upload_number(1), 1'000, all.subspan(1'000)));
  good(under_test.store().finish(upload_number(1), sha256(bytes), 3'000));
  under_test.fail_next_write();
  CHECK(code_name(under_test.store().grow(upload_number(2), 0, bytes)) == "io");
  CHECK(good(under_test.store().kept(upload_number(2))) == 0);
}

}  // namespace

std::vector<BlobStoreCase> trouble_cases() {
  return {
      {"a disk without room refuses the first piece, and takes it when there is room",
       full_at_the_first_piece},
      {"a disk without room leaves what was kept before, and what is a content",
       full_at_a_later_piece},
      {"a disk that fails leaves what was kept before", sick},
  };
}

}  // namespace daybook::test
