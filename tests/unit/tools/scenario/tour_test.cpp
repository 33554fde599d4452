// SPDX-License-Identifier: Apache-2.0
// The tour: what is listed, and what is played, of a folder of stories.
#include "tools/scenario/tour.hpp"

#include <fstream>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace daybook;
using namespace daybook::scenario;
using namespace daybook::test;

namespace {

struct Stories {
  TemporaryFolder folder;

  Stories() {
    write("07-customers.txt",
          "scenario customers \"Two telephones\" \"两个电话\"\n"
          "office rui\nrui creates customer K name=Li phones=[138]\nexpect K.phones [138]\n");
    write("12-orders.txt",
          "scenario orders \"An order\" \"派工\"\n"
          "office rui\nrui creates customer K name=Li\nexpect K.name Wang\n");
    write("golden.txt", "scenario golden \"Not a row\" \"不在表中\"\noffice rui\n");
  }
  void write(const char* name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
  }
  std::string path() const { return std::filesystem::path(folder.file("x")).parent_path(); }
};

}  // namespace

TEST_CASE("tour: rows are listed in order, in the language of who asks", "[scenario]") {
  const Stories stories;
  std::ostringstream out;
  CHECK(list_tour(stories.path(), Language::kChinese, out) == 0);
  const auto told = out.str();
  CHECK(told.find(" 7  两个电话\n12  派工\n") == 0);
  CHECK(told.find("不在表中") == std::string::npos);
}

TEST_CASE("tour: a row is played and held to what it expects", "[scenario]") {
  const Stories stories;
  std::ostringstream out;
  CHECK(play_tour(stories.path(), {7}, Language::kEnglish, out) == 0);
  CHECK(out.str().find("holds") != std::string::npos);
  CHECK(play_tour(stories.path(), {7, 12}, Language::kEnglish, out) == 1);
  CHECK(play_tour(stories.path(), {}, Language::kEnglish, out) == 1);
}

TEST_CASE("tour: a row without a story and a folder without stories are said", "[scenario]") {
  const Stories stories;
  const TemporaryFolder empty;
  std::ostringstream out;
  CHECK(play_tour(stories.path(), {8}, Language::kEnglish, out) == 2);
  CHECK(out.str() == "no story of row 8\n");
  CHECK(list_tour(std::filesystem::path(empty.file("x")).parent_path(), Language::kEnglish, out) ==
        2);
}
