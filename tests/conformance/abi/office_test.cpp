// SPDX-License-Identifier: Apache-2.0
// Status, own sets, deleting by name, and what happens where no office can be reached.
#include <filesystem>

#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {

TEST_CASE("abi: before enrolment the phone says so, and nothing else works", "[abi]") {
  const EnrolledStore folder;
  app::Phone phone(folder.folder() + "/fresh.db");
  CHECK(Json::parse(phone.status()).at("enrolled") == false);
  CHECK(app::sentence(phone.status(), "en") == "Not enrolled yet.");
  CHECK(app::sentence(phone.status(), "zh-CN") == "尚未登记。");
  CHECK(Json::parse(phone.device()).at("enrolled") == false);
  CHECK(commit(phone, R"({"changes":[]})").code == DAYBOOK_CLOSED);
  CHECK(answer_of([&](auto* e) { return daybook_start_sync(phone.handle(), e); }).code ==
        DAYBOOK_CLOSED);
  for (const char* code : {"", "https://example.org", "daybook://enrol?u=x",
                           "daybook://enrol?u=http%3A%2F%2Fx&p=a&c=b"}) {
    const Answer answer = answer_of([&](auto* e) {
      return daybook_enrol(phone.handle(), code, DAYBOOK_TO_NUL, nullptr, 0, e);
    });
    CHECK(answer.code == DAYBOOK_INVALID);
    CHECK_THAT(answer.field, contains("enrol_text"));
  }
}

TEST_CASE("abi: what is committed waits through close and open", "[abi]") {
  const EnrolledStore store;
  std::string set;
  {
    app::Phone phone(store.path());
    new_visit(phone);
    set = Json::parse(phone.own_sets()).at(0).at("set");
  }
  app::Phone phone(store.path());
  const Json found = Json::parse(phone.find_set(set));
  CHECK(found.at("state") == "unsent");
  CHECK(found.at("records").size() == 1);
  CHECK(Json::parse(phone.receipts_of(set)).empty());
  CHECK(Json::parse(phone.receipts_since(0)).empty());
  CHECK(Json::parse(phone.own_sets(DAYBOOK_SETS_PARKED)).empty());
  CHECK(app::sentence(found.dump(), "en") == "No. 1: waiting to be sent.");
  CHECK(app::sentence(phone.status(), "en") ==
        "1 waiting, no contact with the office yet, the first download is not complete.");
}

TEST_CASE("abi: unsent work is deleted by its name said twice, and not otherwise", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const std::string visit = new_visit(phone);
  const Json edit = {{"collection", "visit"}, {"id", visit}, {"set", {{"meter", 5}}}};
  CHECK(commit(phone, Json{{"changes", Json::array({edit})}}.dump()).code == DAYBOOK_OK);
  const std::string set = Json::parse(phone.own_sets()).at(0).at("set");
  const std::string other = phone.new_id();
  const auto discard = [&](const std::string& again, std::int32_t with_dependents) {
    return answer_of([&](auto* e) {
      return daybook_discard_set(phone.handle(), set.data(), set.size(), again.data(), again.size(),
                                 with_dependents, e);
    });
  };
  CHECK(discard(other, 1).field == "confirmation");
  CHECK(discard("", 1).field == "confirmation");
  CHECK(discard(set, 2).field == "with_dependents");
  CHECK(discard(set, 0).code == DAYBOOK_INVALID);
  CHECK(Json::parse(phone.own_sets()).size() == 2);
  CHECK(discard(set, 1).code == DAYBOOK_OK);
  CHECK(Json::parse(phone.own_sets()).empty());
  CHECK(discard(set, 1).code == DAYBOOK_NOT_FOUND);
}

TEST_CASE("abi: a wipe needs the name of the device, and leaves nothing", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  new_visit(phone);
  CHECK_THROWS_AS(phone.wipe(phone.new_id()), app::Failure);
  CHECK(Json::parse(phone.own_sets()).size() == 1);
  phone.wipe(Json::parse(phone.device()).at("device").get<std::string>());
  CHECK(Json::parse(phone.status()).at("enrolled") == false);
}

TEST_CASE("abi: where nobody answers, work goes on and the status names the reason", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  CHECK(answer_of([&](auto* e) { return daybook_sync_now(phone.handle(), e); }).code ==
        DAYBOOK_CLOSED);
  phone.start_sync();
  phone.start_sync();
  new_visit(phone);
  const Answer waited =
      answer_of([&](auto* e) { return daybook_wait_idle(phone.handle(), 1500, e); });
  CHECK(waited.code == DAYBOOK_TIMED_OUT);
  CHECK_THAT(waited.detail, contains("offline"));
  const Json status = Json::parse(phone.status());
  CHECK(status.at("pending") == 1);
  CHECK(status.at("error").at("code") == "offline");
  CHECK_THAT(app::sentence(status.dump(), "en"), contains("because: no network"));
  phone.set_network(DAYBOOK_NETWORK_OFFLINE);
  CHECK(Json::parse(phone.status()).at("network") == "offline");
  new_visit(phone);
  phone.set_network(DAYBOOK_NETWORK_METERED);
  phone.stop_sync();
  CHECK(Json::parse(phone.status()).at("syncing") == false);
}

TEST_CASE("abi: sentences in two languages", "[abi]") {
  const std::string status =
      R"({"kind":"status","enrolled":true,"pending":3,"stored":0,"parked":1,"last_contact_ms":1790000000000,)"
      R"("now_ms":1790003600000,"utc_offset_min":480,"error":{"kind":"error","code":"offline"}})";
  CHECK(app::sentence(status, "en") ==
        "3 waiting, 1 parked for a person, last contact 22:13, because: no network.");
  CHECK(app::sentence(status, "zh") ==
        "3 项待发送，1 项待人处理，上次联系 22:13，原因：没有网络。");
  const std::string days_ago =
      R"({"kind":"status","enrolled":true,"last_contact_ms":1,"now_ms":1790003600000,"utc_offset_min":0})";
  CHECK(app::sentence(days_ago, "en") == "Nothing waiting, last contact 1970-01-01 00:00.");
  const std::string receipt =
      R"({"kind":"receipt","verdict":"merged","fields":[{"field":"notes","label":{"zh":"备注","en":"Notes"},)"
      R"("outcome":"merged","case":0}]})";
  CHECK(app::sentence(receipt, "zh") == "已入账，并与公司的修改合并：备注——双方都保留。");
  CHECK(app::sentence(receipt, "en") ==
        "Accepted and merged with changes of the office: Notes – both are kept.");
}

TEST_CASE("abi: what people did about the work is said in their words", "[abi]") {
  const auto receipt = [](const char* verdict, const char* reason, const char* detail,
                          const char* fields = "[]") {
    return std::string(R"({"kind":"receipt","verdict":")") + verdict + R"(","reason":")" + reason +
           R"(","detail":")" + detail + R"(","fields":)" + fields + "}";
  };
  const char* overruled = R"([{"field":"phone","outcome":"overruled","case":3}])";
  const std::string decided = receipt("further", "decided", "he moved", overruled);
  CHECK(app::sentence(decided, "en") ==
        "The office has decided: “he moved”: phone – the office decided otherwise, yours is kept "
        "on file (case 3).");
  CHECK(app::sentence(decided, "zh") ==
        "公司已作出决定：“he moved”：phone——公司另有决定，你的已留底（第 3 号）。");
  CHECK(app::sentence(receipt("further", "asked", "几点到的？"), "zh") ==
        "公司有一个问题，请回复：“几点到的？”。");
  CHECK(app::sentence(receipt("discarded", "discarded", "twice"), "en") ==
        "Discarded by the office: “twice”.");
  // The name of the set that stands instead is for programs.
  CHECK(app::sentence(receipt("discarded", "repaired", "018f-77 wrong customer"), "en") ==
        "Corrected by the office and posted: “wrong customer”.");
  CHECK(app::sentence(receipt("parked", "unknown_record", "customer"), "en") ==
        "Arrived, could not be posted yet; a person will look at it (unknown_record: customer).");
}

TEST_CASE("abi: an inspection tells how the file is kept, and no contents", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  new_visit(phone, "CANARY-7");
  const std::string inspection = phone.inspect();
  CHECK(inspection.find("CANARY-7") == std::string::npos);
  const Json pragmas = Json::parse(inspection).at("pragmas");
  CHECK(pragmas.at("journal_mode") == "wal");
  CHECK(pragmas.at("synchronous") == "2");
}

}  // namespace daybook::test
