// SPDX-License-Identifier: Apache-2.0
// The printing process as the server sees it: a real one.
#include "sync-server/paper/press.hpp"

#include <cstdlib>

#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Press press() { return Press(std::string(std::getenv("DAYBOOK_BIN")) + "/daybook-paper"); }

PrintJob job_of(const std::string& text) {
  Paper paper;
  paper.title = "售后服务处理单";
  paper.page_text = "{n}/{m}";
  paper.boxes.push_back({"客户", {{"名称", text, 4}}, {}, {}});
  return {"title", 1'790'000'000'000, {paper}};
}

}  // namespace

TEST_CASE("press: the same job gives the same bytes") {
  const auto first = press().print(job_of("和平饭店"));
  REQUIRE(first.ok());
  const auto again = press().print(job_of("和平饭店"));
  REQUIRE(again.ok());
  CHECK(*first == *again);
  CHECK(text_of(*first).substr(0, 5) == "%PDF-");
  CHECK(text_of(*first).find("20260921") != std::string::npos);  // dated by the job, not by today
  CHECK(*press().print(job_of("另一家")) != *first);
}

TEST_CASE("press: hostile texts come out, in bounds") {
  std::string emoji;
  for (int i = 0; i < 5'000; ++i) emoji += "😀👩‍👩‍👧";
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "x\n";
  for (const auto& text :
       {emoji, lines, std::string(60'000, 'W'), std::string("\xd7\xa9\xd7\x9c \xe2\x80\xae abc"),
        std::string("\x01\x02\x03", 3)}) {
    const auto pdf = press().print(job_of(text));
    REQUIRE(pdf.ok());
    CHECK(pdf->size() < (4U << 20));
  }
}

TEST_CASE("press: a program that is missing or ends otherwise is named") {
  const auto missing = Press("/nonexistent/daybook-paper").print(job_of("x"));
  CHECK(missing.error().code == Errc::kNotSupported);
  CHECK(missing.error().field == "daybook-paper");
  const auto other = Press("/bin/false").print(job_of("x"));
  CHECK_FALSE(other.ok());
  const auto killed = Press("/bin/true").print(job_of("x"));
  CHECK(killed.error().code == Errc::kInternal);
}
