// SPDX-License-Identifier: Apache-2.0
// What stands on which paper.
#include "sync-server/paper/documents.hpp"

#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::string all_text(const Paper& paper) {
  std::string all = paper.title + "\n" + paper.number + "\n" + paper.foot + "\n";
  for (const auto& notice : paper.notices) all += notice + "\n";
  for (const auto& box : paper.boxes) {
    all += box.title + "\n";
    for (const auto& cell : box.cells) all += cell.label + "=" + cell.text + "\n";
    for (const auto& column : box.table.columns) all += column.label + "\n";
    for (const auto& row : box.table.rows) {
      for (const auto& text : row) all += text + "\n";
    }
    for (const auto& signature : box.signatures) {
      all += signature.label + "\n";
      for (const auto& line : signature.lines) all += line + "\n";
    }
  }
  return all;
}

bool has(const std::string& all, const std::string& part) {
  return all.find(part) != std::string::npos;
}

struct Book {
  Book() : schema(must(load_after_sales())) {
    core = std::make_unique<ServerCore>(store, schema, clock, rng, trace);
    must(core->open(std::nullopt));
    must(store.begin());
    must(store.put_user({"wang", "王小明", "technician", "", true}));
    customer = put("customer", {{"name", text("和平饭店")}, {"address", text("南京东路20号")}});
    unit = put("unit", {{"model", text("AC-900")}, {"serial_no", text("SN-77")}});
    visit = put("visit", {{"provisional_no", text("T-wang-3")},
                          {"technician", text("wang")},
                          {"customer", id_value(customer)},
                          {"unit", id_value(unit)},
                          {"contact_person", text("李经理")},
                          {"category", text("paid")},
                          {"user_statement", text("不制冷")},
                          {"unit_verified", Value::boolean(true)},
                          {"opened_before", text("no")},
                          {"cause", text("压缩机漏氟")},
                          {"responsibility", text("factory")},
                          {"action_taken", text("更换压缩机")},
                          {"result", text("fixed")},
                          {"fee_total", number(12'345)}});
    add("part_swap", {{"reason", text("漏氟")},
                      {"name", text("压缩机")},
                      {"quantity", number(1000)},
                      {"old_serial", text("OLD-1")},
                      {"new_serial", text("NEW-2")}});
    add("signature",
        {{"signer", text("李经理")},
         {"signed_at", number(1'790'000'000'000)},
         {"width", number(5000)},
         {"height", number(2000)},
         {"shown", Value::bytes(Bytes(32, 0xab))},
         {"strokes", Value::bytes(*encode_strokes({{{10, 10, 0, 0}, {90, 90, 5, 0}}}))}});
    add("survey",
        {{"score", number(5)}, {"remark", text("很满意")}, {"signed_by", text("李经理")}});
    add("approval", {{"decision", text("approved")}, {"decided_by", text("zhao")}});
    must(store.commit());
  }
  Uuid put(const std::string& collection, const std::vector<std::pair<std::string, Value>>& fields,
           const std::optional<Uuid>& parent = std::nullopt) {
    RecordState state;
    state.record = {collection, rng.draw<Uuid>()};
    for (const auto& [name, value] : fields) state.fields[name].value = value;
    must(store.put_record(state, parent));
    return state.record.id;
  }
  void add(const std::string& collection, std::vector<std::pair<std::string, Value>> fields) {
    fields.emplace_back("visit", id_value(visit));
    put(collection, fields, visit);
  }
  Document document(PaperTongue tongue) {
    return must(visit_document(store, schema, visit, {tongue, 480}));
  }

  ManualClock clock;
  SeededRng rng{5};
  NoTrace trace;
  MemoryServerStore store;
  Schema schema;
  std::unique_ptr<ServerCore> core;
  Uuid customer, unit, visit;
};

}  // namespace

TEST_CASE("documents: every field of the service form stands on it, in Chinese") {
  Book book;
  const auto made = book.document(PaperTongue::kChinese);
  const auto all = all_text(made.job.papers.front());
  for (const char* part :
       {"售后服务处理单", "T-wang-3",      "和平饭店", "南京东路20号", "李经理",
        "AC-900",         "SN-77",         "不制冷",   "是",           "压缩机漏氟",
        "厂家",           "更换压缩机",    "已修复",   "漏氟",         "压缩机",
        "OLD-1",          "NEW-2",         "收费",     "123.45",       "王小明 (wang)",
        "批准",           "zhao",          "临时号",   "听 · 看 · 查", "换件与赔偿",
        "用户签名",       "部门负责人审批"}) {
    INFO(part);
    CHECK(has(all, part));
  }
  CHECK(has(all, "SHA-256 " + to_hex(Bytes(32, 0xab))));
  CHECK_FALSE(has(all, "Customer"));
  CHECK(made.file_name == "visit-T-wang-3.pdf");
}

TEST_CASE("documents: the survey is a paper of its own") {
  Book book;
  const auto made = book.document(PaperTongue::kEnglish);
  REQUIRE(made.job.papers.size() == 2);
  CHECK_FALSE(has(all_text(made.job.papers[0]), "很满意"));
  CHECK(has(all_text(made.job.papers[1]), "很满意"));
  CHECK(made.job.papers[1].title == "Satisfaction survey");
  // The form's signature is not on it.
  for (const auto& box : made.job.papers[1].boxes) {
    for (const auto& signature : box.signatures) CHECK(signature.strokes.empty());
  }
}

TEST_CASE("documents: both languages, and the customer's file fills what the visit leaves open") {
  Book book;
  const auto all = all_text(book.document(PaperTongue::kBoth).job.papers.front());
  CHECK(has(all, "客户名称 Customer=和平饭店"));
  CHECK(has(all, "已修复 fixed"));
}

TEST_CASE("documents: the form says which photos have not come yet") {
  Book book;
  const auto promise = [&](std::uint8_t fill) {
    PromiseRow row;
    row.digest.raw.fill(fill);
    row.record = {"visit", book.visit};
    row.role = "evidence";
    must(book.store.put_promise(row));
    return row.digest;
  };
  must(book.store.begin());
  ContentRow here;
  here.digest = promise(0xaa);
  must(book.store.put_content(here));
  promise(0xbb);
  must(book.store.commit());
  const auto missing = all_text(book.document(PaperTongue::kEnglish).job.papers.front());
  CHECK(has(missing,
            "1 of 2 photos and other attachments are here; missing: evidence bbbbbbbbbbbbbbbb…"));

  must(book.store.begin());
  here.digest.raw.fill(0xbb);
  must(book.store.put_content(here));
  must(book.store.commit());
  CHECK_FALSE(has(all_text(book.document(PaperTongue::kEnglish).job.papers.front()), "missing"));
}

TEST_CASE("documents: what is not there says so; a form without a signature has room for one") {
  Book book;
  must(book.store.begin());
  const auto bare = book.put("visit", {{"technician", text("wang")}});
  must(book.store.commit());
  const auto made = must(visit_document(book.store, book.schema, bare, {PaperTongue::kEnglish, 0}));
  const auto all = all_text(made.job.papers.front());
  CHECK(has(all, "Not signed yet"));
  CHECK(has(all, "No. " + to_string(bare)));
  CHECK(visit_document(book.store, book.schema, book.customer, {}).error().code == Errc::kNotFound);
}

TEST_CASE("documents: any record is a paper; a file's name holds nothing but plain letters") {
  Book book;
  const auto made = must(
      record_document(book.store, book.schema, {"unit", book.unit}, {PaperTongue::kChinese, 480}));
  CHECK(has(all_text(made.job.papers.front()), "型号=AC-900"));
  CHECK(record_document(book.store, book.schema, {"nothing", book.unit}, {}).error().code ==
        Errc::kUnknownCollection);
  must(book.store.begin());
  const auto odd = book.put("visit", {{"form_no", text("../a\"b")}});
  must(book.store.commit());
  CHECK(must(visit_document(book.store, book.schema, odd, {})).file_name ==
        "visit-" + to_string(odd) + ".pdf");
}

TEST_CASE(
    "documents: a receipt carries what both sides put under the form that names it, and no other") {
  Book book;
  must(book.store.begin());
  const auto receipt = [&](const std::string& number) {
    return book.put("takeaway",
                    {{"visit", id_value(book.visit)},
                     {"provisional_no", text(number)},
                     {"serial", text("SN-77")},
                     {"given_to", text("李经理")}},
                    book.visit);
  };
  const auto named = receipt("S-1"), later = receipt("S-2");
  const auto form = book.put("form",
                             {{"visit", id_value(book.visit)},
                              {"person", text("wang")},
                              {"sealed_at", number(1'790'000'000'000)},
                              {"covered", Value::list({text("takeaway/" + to_string(named))})}},
                             book.visit);
  book.add("signature",
           {{"form", id_value(form)},
            {"signer", text("李经理")},
            {"strokes", Value::bytes(*encode_strokes({{{10, 10, 0, 0}, {90, 90, 5, 0}}}))}});
  must(book.store.commit());
  std::vector<std::string> by_technician;
  const auto drawn_on = [&](const Uuid& id, std::string& all) {
    const auto made =
        must(record_document(book.store, book.schema, {"takeaway", id}, {PaperTongue::kBoth, 480}));
    const auto& paper = made.job.papers.front();
    all = all_text(paper);
    const auto& signatures = paper.boxes.back().signatures;
    REQUIRE(signatures.size() == 2);
    CHECK(signatures[1].strokes.empty());
    by_technician = signatures[1].lines;
    return !signatures[0].strokes.empty();
  };
  std::string all;
  CHECK(drawn_on(named, all));
  REQUIRE(by_technician.size() == 3);
  CHECK(has(by_technician[0], "wang"));
  CHECK(has(by_technician[1], "2026-09-21"));
  CHECK(has(by_technician[2], "T-wang-3"));
  CHECK(has(all, "T-wang-3"));
  CHECK(has(all, "李经理"));
  CHECK_FALSE(drawn_on(later, all));
  CHECK(by_technician.size() == 1);
  CHECK_FALSE(has(all, "T-wang-3"));
}

TEST_CASE("documents: a receipt under a form that the customer refused says so, and never signed") {
  Book book;
  must(book.store.begin());
  const auto receipt = book.put(
      "takeaway", {{"visit", id_value(book.visit)}, {"serial", text("SN-77")}}, book.visit);
  const auto form = book.put("form",
                             {{"visit", id_value(book.visit)},
                              {"covered", Value::list({text("takeaway/" + to_string(receipt))})}},
                             book.visit);
  book.add("signature", {{"form", id_value(form)},
                         {"kind", text("refused")},
                         {"signer", text("李经理")},
                         {"refused_reason", text("太贵")},
                         {"witness", text("孔先生")}});
  must(book.store.commit());
  const auto made = must(
      record_document(book.store, book.schema, {"takeaway", receipt}, {PaperTongue::kBoth, 480}));
  const auto all = all_text(made.job.papers.front());
  for (const char* part : {"Refused to sign", "拒绝在服务单上签名", "太贵", "孔先生"})
    CHECK(has(all, part));
  CHECK_FALSE(has(all, "随服务单签署"));
}
