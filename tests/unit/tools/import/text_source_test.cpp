// SPDX-License-Identifier: Apache-2.0
// Whatever a spreadsheet wrote its text as, it comes out as UTF-8 or is refused.
#include "tools/import/text_source.hpp"

#include <unistd.h>

#include <cstdio>

#include "tests/support/catch.hpp"

using namespace daybook;
using namespace daybook::sheet;

namespace {

// A file for the length of a test.
class File {
 public:
  explicit File(const std::string& bytes) {
    path_ = "/tmp/daybook-text-source-" + std::to_string(::getpid());
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~File() { std::remove(path_.c_str()); }
  Result<std::string> text(Encoding* encoding = nullptr) const {
    DAYBOOK_ASSIGN(const auto source, TextSource::open(path_));
    if (encoding != nullptr) *encoding = source->encoding();
    std::string all;
    for (;;) {
      DAYBOOK_ASSIGN(const auto piece, source->next());
      if (piece.empty()) return all;
      all += piece;
    }
  }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("text source: UTF-8 with and without its mark") {
  CHECK(*File("名称,价格\n").text() == "名称,价格\n");
  CHECK(*File("\xef\xbb\xbf名称\n").text() == "名称\n");
  CHECK(*File("").text() == "");
}

TEST_CASE("text source: GB18030 as Excel in China writes it, across the ends of pieces") {
  // 电源板 in GB18030.
  const std::string board = "\xb5\xe7\xd4\xb4\xb0\xe5";
  std::string bytes = "x";
  std::string wanted = "x";
  for (int i = 0; i < 100'000; ++i) {
    bytes += board;
    wanted += "电源板";
  }
  Encoding encoding = Encoding::kUtf8;
  const auto text = File(bytes).text(&encoding);
  REQUIRE(text.ok());
  CHECK(encoding == Encoding::kGb18030);
  CHECK(*text == wanted);
}

TEST_CASE("text source: UTF-16, broken bytes and missing files are told") {
  CHECK(File("\xff\xfe"
             "a")
            .text()
            .error()
            .code == Errc::kNotSupported);
  CHECK(File("name\n\xff\xff\xff\n").text().error().code == Errc::kInvalid);
  CHECK(TextSource::open("/nonexistent/x.csv").error().code == Errc::kNotFound);
}
