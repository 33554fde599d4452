// SPDX-License-Identifier: Apache-2.0
// The command line without a server: what it prints, what it remembers, what it refuses to send.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/catch.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/office_client.hpp"
#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"

using namespace daybook;
using namespace daybook::cli;

namespace {

const Words kEnglish{Tongue::kEnglish};
const Words kChinese{Tongue::kChinese};

}  // namespace

TEST_CASE("cli: columns line up although Chinese is twice as wide") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("现场") == 4);
  CHECK(width_of("e\xcc\x81") == 1);
  Table table({"NAME", "ROLE"});
  table.add({"王小明", "admin"});
  table.add({"ada", "viewer"});
  CHECK(table.text() == "NAME    ROLE\n王小明  admin\nada     viewer\n");
}

TEST_CASE("cli: long cells are cut at whole characters") {
  CHECK(cut_to("abcdef", 4) == "abc…");
  CHECK(cut_to("现场现场", 5) == "现场…");
  CHECK(cut_to("abc", 3) == "abc");
}

TEST_CASE("cli: nothing that is printed can command the terminal") {
  CHECK(printable("a\x1b[31mred") == "a\xef\xbf\xbd[31mred");
  CHECK(printable("a\nb\tc") == "a ⏎ b c");
  CHECK(printable("\xc2\x9b"
                  "2J") ==
        "\xef\xbf\xbd"
        "2J");
  CHECK(printable("\xe2\x80\xae"
                  "x") == "\xef\xbf\xbdx");
  CHECK(printable("\xff\xc3") == "\xef\xbf\xbd\xef\xbf\xbd");
  const Json users = {{"users", {{{"actor", "a\x1b]0;x"}, {"role", "viewer"}}}}};
  CHECK(print_users(kEnglish, users).find('\x1b') == std::string::npos);
}

TEST_CASE("cli: an error says what happened, to what, and what to do next, in both languages") {
  const Json error = {{"code", "unknown_record"}, {"field", "visit"}, {"detail", "0190"}};
  CHECK(sentence_of(kEnglish, error, "visit 0190") ==
        "There is no such record [visit 0190]: visit (0190). Next: run: daybook records list "
        "COLLECTION");
  CHECK(sentence_of(kChinese, error, "").find("没有这条记录") == 0);
  const Json login = {{"code", "busy"}, {"field", "login"}, {"detail", "8"}};
  CHECK(sentence_of(kEnglish, login, "ada") ==
        "Too many attempts [ada]. Next: wait 8 s and try again");
  CHECK(sentence_of_line(kEnglish, "untrusted", "", "https://x:1").find("Nothing was sent") !=
        std::string::npos);
  // A code of a newer server still says something, with the server's own advice.
  const Json newer = {{"code", "moon_phase"}, {"what_to_do", "Wait a week."}};
  CHECK(sentence_of(kEnglish, newer, "") == "The server answered: moon_phase. Next: Wait a week.");
}

TEST_CASE("cli: the language is the one asked for, else the environment's") {
  CHECK(tongue_of("", "zh_CN.UTF-8") == Tongue::kChinese);
  CHECK(tongue_of("en", "zh_CN.UTF-8") == Tongue::kEnglish);
  CHECK(tongue_of("", "") == Tongue::kEnglish);
}

TEST_CASE("cli: pairs are texts with '=' and JSON with ':='") {
  Json set = Json::object();
  REQUIRE_FALSE(read_pairs(
      {"address=Long Street=1", "priority:=2", "phones:=[\"123\"]", "phone=123", "empty="}, set));
  CHECK(set["address"] == "Long Street=1");
  CHECK(set["priority"] == 2);
  CHECK(set["phones"] == Json{"123"});
  CHECK(set["phone"] == "123");
  CHECK(set["empty"] == "");
  for (const char* wrong : {"address", "=x", ":=1", "a:=not json"})
    CHECK(read_pairs({wrong}, set).has_value());
}

TEST_CASE("cli: a server is an https address with a port, and a pin is a digest") {
  const std::string pin(64, 'a');
  CHECK(address_of("https://[::1]:8443/", pin)->host == "::1");
  CHECK(address_of("https://example.org:8443", pin)->port == 8443);
  for (const char* wrong :
       {"http://x:1", "https://x", "https://:1", "https://x:0", "https://x:99999", "x:1"}) {
    INFO(wrong);
    CHECK(address_of(wrong, pin).error().field == "server");
  }
  CHECK(address_of("https://x:1", "abc").error().field == "pin");
}

TEST_CASE("cli: the session file is its owner's alone and comes back as it was") {
  std::string folder = "/tmp/daybook-cli-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/session";
  REQUIRE(save_session(path, {"https://x:1", std::string(64, 'a'), "ada", "token"}).ok());
  struct stat state {};
  REQUIRE(::stat(path.c_str(), &state) == 0);
  CHECK((state.st_mode & 0777U) == 0600U);
  const auto loaded = load_session(path);
  REQUIRE(loaded.ok());
  CHECK(loaded->token == "token");
  CHECK(load_session(folder + "/nothing").error().code == Errc::kUnauthorized);
  std::filesystem::remove_all(folder);
}

TEST_CASE("cli: answers print whole even when a server leaves members out") {
  const Json nothing = Json::object();
  for (const auto print : {print_users, print_devices, print_records, print_record, print_receipt,
                           print_history, print_cases, print_case, print_parked, print_status,
                           print_alike_outcome, print_seen, print_story}) {
    CHECK_FALSE(print(kEnglish, nothing).empty());
    CHECK_FALSE(print(kChinese, nothing).empty());
  }
  const Json found = {{"number", 7},
                      {"kind", "field"},
                      {"state", "open"},
                      {"record", {{"collection", "visit"}, {"id", "0190"}}},
                      {"field", "address"},
                      {"base", "a"},
                      {"office", "b"},
                      {"device", "c"},
                      {"choices", {"base", "office"}}};
  const auto text = print_case(kEnglish, found);
  for (const char* part :
       {"Case 7 (both changed it), open", "visit 0190", "Headquarters", "office (headquarters)"})
    CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("cli: times are told in UTC and nonsense as a dash") {
  CHECK(when(1'790'000'000'000) == "2026-09-21 14:13 UTC");
  CHECK(when(nullptr) == "–");
  CHECK(when(INT64_MAX) == "–");
}
