// SPDX-License-Identifier: Apache-2.0
// What goes to the printing process arrives as it was, or not at all.
#include "sync-server/paper/paper.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

PrintJob whole_job() {
  Paper paper;
  paper.title = "服务单";
  paper.notices = {"a", "b"};
  PaperBox box;
  box.title = "客户";
  box.cells = {{"名称", "和平饭店", 4}};
  box.table.columns = {{"No.", 1, true}, {"件", 3, false}};
  box.table.rows = {{"1", "泵"}, {"2", "阀"}};
  box.signatures.push_back({{{{1, 2, 3, 4}, {5, 6, 7, 8}}}, 100, 50, "签名", {"李"}});
  paper.boxes.push_back(box);
  return {"title", 1'790'000'000'000, {paper, paper}};
}

}  // namespace

TEST_CASE("print job: goes to the printing process and arrives as it was") {
  const auto bytes = encode_print_job(whole_job());
  REQUIRE(bytes.ok());
  const auto back = decode_print_job(*bytes);
  REQUIRE(back.ok());
  CHECK(back->dated_ms == 1'790'000'000'000);
  REQUIRE(back->papers.size() == 2);
  const auto& box = back->papers[1].boxes.at(0);
  CHECK(box.cells.at(0).text == "和平饭店");
  CHECK(box.table.rows.at(1).at(1) == "阀");
  CHECK(box.signatures.at(0).strokes.at(0).at(1).y == 6);
  CHECK(*encode_print_job(*back) == *bytes);
}

TEST_CASE("print job: cut or changed bytes are refused, never half read") {
  const auto bytes = *encode_print_job(whole_job());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_print_job(BytesView(bytes).first(size)).ok());
  auto other = bytes;
  other[1] = 2;  // the format
  CHECK(decode_print_job(other).error().code == Errc::kNotSupported);
}

TEST_CASE("print job: one that is too large is refused before it is sent") {
  auto job = whole_job();
  for (int i = 0; i < 100; ++i)
    job.papers[0].boxes[0].cells.push_back({"label", std::string(kPaperTextMax, 'x'), 4});
  CHECK(encode_print_job(job).error().code == Errc::kTooLarge);
}
