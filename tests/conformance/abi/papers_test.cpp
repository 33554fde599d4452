// SPDX-License-Identifier: Apache-2.0
// What a customer signs: fixed before the pad opens, sealed in one set, refused to be changed.
#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "core/domain/signature/sealed_form.hpp"
#include "core/domain/signature/statement.hpp"
#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {
namespace {

const std::string kDigest(64, 'a');

// A visit that has everything a form needs, with one part changed.
struct Signed {
  explicit Signed(app::Phone& the_phone) : phone(the_phone), visit(new_visit(phone)) {
    set({{"user_statement", "no picture"},
         {"unit_verified", true},
         {"opened_before", "no"},
         {"cause", "power board"},
         {"category", "free"},
         {"address", "Long Street 1"}});
    add("part_swap", {{"reason", "burnt"}, {"name", "power board"}, {"quantity", 1000}});
  }
  void set(const Json& fields) { phone.commit(edit(fields)); }
  std::string edit(const Json& fields) const {
    const Json change = {{"collection", "visit"}, {"id", visit}, {"set", fields}};
    return Json{{"changes", Json::array({change})}}.dump();
  }
  void add(const std::string& collection, Json fields) {
    fields["visit"] = visit;
    const Json change = {{"collection", collection}, {"create", fields}};
    phone.commit(Json{{"changes", Json::array({change})}}.dump());
  }
  Json present(Json more = Json::object()) {
    more["about"] = visit;
    return Json::parse(phone.present_form(more.dump()));
  }
  void sign(const std::string& paper, const std::string& kind = "drawn") {
    Json asked = {{"id", paper},
                  {"signer", "Wang Fang"},
                  {"signer_role", "user"},
                  {"kind", kind},
                  {"shown",
                   {{"pages", Json::array({kDigest})},
                    {"language", "zh"},
                    {"to_end", true},
                    {"seconds", 41}}}};
    if (kind == "drawn") asked["strokes"] = Json::parse("[[[40,120,0,466],[42,118,9,581]]]");
    if (kind == "drawn") asked["consent"] = {{"id", "zh-1"}, {"text", "I have read it."}};
    if (kind == "refused") asked["reason"] = "does not agree with the fee";
    if (kind == "refused") asked["witness"] = "Zhao";
    phone.sign_form(asked.dump());
  }
  Json sealed() {
    const auto paper = present().at("id").get<std::string>();
    sign(paper);
    return Json::parse(phone.seal_form(paper));
  }
  Json all(const std::string& sql) { return Json::parse(phone.query_all(sql)).at("rows"); }

  app::Phone& phone;
  std::string visit;
};

template <class Call>
app::Failure failure_of(Call&& call) {
  try {
    call();
  } catch (const app::Failure& failure) {
    return failure;
  }
  FAIL("it was not refused");
  throw std::logic_error("unreachable");
}

Bytes bytes_of(const Json& hex) {
  const auto bytes = from_hex(hex.get<std::string>());
  REQUIRE(bytes);
  return *bytes;
}

}  // namespace

TEST_CASE("papers: what a form still lacks is told in both languages, all of it", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const auto visit = new_visit(phone);
  const Json answer =
      Json::parse(phone.present_form(Json{{"paper", "form"}, {"about", visit}}.dump()));
  CHECK_FALSE(answer.at("presented").get<bool>());
  CHECK(answer.at("missing").size() == 4);
  for (const Json& one : answer.at("missing")) {
    CHECK_FALSE(one.at("zh").get<std::string>().empty());
    CHECK_FALSE(one.at("en").get<std::string>().empty());
  }
}

TEST_CASE("papers: a fee that was not declared before work keeps the form back", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  story.add("fee_line",
            {{"item", "labour"}, {"quantity", 1000}, {"unit_price", 5000}, {"total", 5000}});
  CHECK(story.present().at("missing").size() == 1);
  story.add("fee_declaration", {{"fee_table_version", 1},
                                {"items", {"labour"}},
                                {"total", 5000},
                                {"card_shown", true},
                                {"agreed", true},
                                {"declared_at", 1000},
                                {"person", "li.wei"}});
  CHECK(story.present().at("presented").get<bool>());
}

TEST_CASE("papers: form, signature and event are one set, and the device signed its hash",
          "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  const Json sealed = story.sealed();
  CHECK(sealed.at("committed").at("ids").size() == 3);
  const auto form =
      story.all("select content, manifest, included_upto, content_hash, covered from form");
  REQUIRE(form.size() == 1);
  const FormParts parts{bytes_of(form[0][0]), bytes_of(form[0][1]), bytes_of(form[0][2])};
  CHECK(to_hex(content_hash(parts).view()) == sealed.at("content_hash"));
  CHECK(form[0][3] == sealed.at("content_hash"));
  const auto read = decode_form(parts);
  REQUIRE(read.ok());
  CHECK(read->manifest.size() == 1);
  CHECK(read->included_upto.own.size() == 1);

  const auto signature = story.all("select statement, device_key, device_signature from signature");
  REQUIRE(signature.size() == 1);
  const Bytes text = bytes_of(signature[0][0]);
  const auto statement = read_statement(text_of(text));
  REQUIRE(statement.ok());
  CHECK(statement->find("content_hash") == sealed.at("content_hash").get<std::string>());
  const auto key = decode_public_key(bytes_of(signature[0][1]));
  const auto mark = decode_signature(bytes_of(signature[0][2]));
  REQUIRE((key.ok() && mark.ok()));
  CHECK(verify(*key, text, *mark).ok());
  Bytes changed = text;
  changed.back() ^= 1;
  CHECK_FALSE(verify(*key, changed, *mark).ok());
  CHECK(story.all("select kind from visit_event") == Json::parse(R"([["signed"]])"));
}

TEST_CASE("papers: what changed since it was shown is not sealed, and is named", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  const auto paper = story.present().at("id").get<std::string>();
  story.sign(paper);
  story.add("part_swap", {{"reason", "burnt"}, {"name", "fuse"}, {"quantity", 1000}});
  const auto failure = failure_of([&] { phone.seal_form(paper); });
  CHECK(failure.code() == DAYBOOK_INVALID);
  CHECK(failure.field() == "part_swap");
}

TEST_CASE("papers: closing the pad destroys what was drawn", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  const auto paper = story.present().at("id").get<std::string>();
  CHECK(failure_of([&] { phone.seal_form(paper); }).field() == "signature");
  story.sign(paper);
  phone.close_form(paper);
  CHECK(failure_of([&] { phone.seal_form(paper); }).code() == DAYBOOK_NOT_FOUND);
  CHECK(story.all("select id from signature").empty());
}

TEST_CASE("papers: what a sealed form says changes by an amendment only", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  const Json first = story.sealed();
  const auto refused = commit(phone, story.edit({{"address", "Short Street 2"}}));
  CHECK(refused.code == DAYBOOK_IMMUTABLE);
  CHECK(refused.field == "changes[0].set.address");
  CHECK(refused.detail.find("make an amendment") != std::string::npos);
  story.set({{"fee_collected", 0}});
  CHECK(failure_of([&] { story.present(); }).field() == "reason");

  const Json typo =
      story.present({{"reason", "typing error"}, {"set", {{"address", "Long St. 1"}}}});
  CHECK(typo.at("version") == 2);
  CHECK(typo.at("previous") == first.at("content_hash"));
  CHECK_FALSE(typo.at("signature_needed").get<bool>());
  phone.seal_form(typo.at("id").get<std::string>());
  CHECK(story.all("select address from visit") == Json::parse(R"([["Long St. 1"]])"));

  story.add("part_swap", {{"reason", "burnt"}, {"name", "fuse"}, {"quantity", 1000}});
  const Json swap = story.present({{"reason", "the fuse was forgotten"}});
  CHECK(swap.at("signature_needed").get<bool>());
  const auto paper = swap.at("id").get<std::string>();
  CHECK(failure_of([&] { phone.seal_form(paper); }).field() == "signature");
  story.sign(paper);
  CHECK(Json::parse(phone.seal_form(paper)).at("version") == 3);
  CHECK(story.all("select count(*) from form") == Json::parse("[[3]]"));
}

TEST_CASE("papers: the survey is a paper of its own with its own signature", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  story.sealed();
  const Json survey =
      story.present({{"paper", "survey"}, {"answers", {{"score", 5}, {"origin", "on_site"}}}});
  const auto paper = survey.at("id").get<std::string>();
  story.sign(paper);
  phone.seal_form(paper);
  const auto rows = story.all(
      "select paper, count(distinct content_hash) from signature group by "
      "paper order by paper");
  CHECK(rows == Json::parse(R"([["form",1],["survey",1]])"));
  const Json change = {{"collection", "survey"}, {"id", paper}, {"set", {{"score", 1}}}};
  CHECK(commit(phone, Json{{"changes", Json::array({change})}}.dump()).code == DAYBOOK_IMMUTABLE);
}

TEST_CASE("papers: a customer who refuses leaves a sealed form without strokes", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  Signed story(phone);
  const auto paper = story.present().at("id").get<std::string>();
  story.sign(paper, "refused");
  phone.seal_form(paper);
  CHECK(story.all("select kind, strokes, witness from signature") ==
        Json::parse(R"([["refused",null,"Zhao"]])"));
  CHECK(story.all("select kind from visit_event") == Json::parse(R"([["refused_to_sign"]])"));
}

}  // namespace daybook::test
