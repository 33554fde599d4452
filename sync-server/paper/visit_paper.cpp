// SPDX-License-Identifier: Apache-2.0
// The service form (售后服务处理单), box by box in the order in which a visit happens, and behind
// it the satisfaction surveys (用户满意度调查表).
#include <algorithm>
#include <set>

#include "core/base/hex.hpp"
#include "sync-server/paper/record_paper.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPeopleMax = 5'000;

class VisitPaper {
 public:
  VisitPaper(ServerStore& store, const Schema& schema, const PaperWish& wish, RecordFile file)
      : words_(store, schema, wish.tongue, wish.utc_offset_min, wish.sees),
        file_(std::move(file)) {}

  Result<Paper> form();
  Result<Paper> survey(const RecordState& one);
  const PaperWords& words() const { return words_; }
  const RecordFile& file() const { return file_; }

 private:
  Result<PaperBox> customer();
  Result<PaperBox> unit();
  Result<PaperBox> people_and_times();
  Result<void> fill_times(PaperBox& box, const std::vector<RecordState>& events);
  Result<PaperBox> findings();
  Result<PaperBox> action();
  Result<PaperBox> swaps();
  Result<PaperBox> fees();
  Result<PaperBox> taken_away();
  Result<PaperBox> sealed();
  Result<PaperBox> signatures();
  Result<PaperBox> approval();
  Result<std::vector<PaperBox>> others();
  Result<std::optional<RecordState>> referred(const char* field, const char* collection);
  Result<std::string> badge_of(const ActorId& actor);
  Result<PaperBox> table_box(std::string title, const char* collection, TablePlan plan);
  std::string content_hash() const;
  PaperBox box(std::string_view zh, std::string_view en) const {
    PaperBox made;
    made.title = words_.say(zh, en);
    return made;
  }

  PaperWords words_;
  RecordFile file_;
  std::set<std::string> shown_;  // kinds of children that have their place
};

Result<std::optional<RecordState>> VisitPaper::referred(const char* field, const char* collection) {
  const auto* value = held(file_.record, field);
  const auto id = value != nullptr && value->kind() == Value::Kind::kBytes
                      ? Uuid::from(value->as_bytes())
                      : std::nullopt;
  if (!id) return std::optional<RecordState>{};
  return words_.store().find_record({collection, *id});
}

// Of the person's record, where the schema has such records; else nothing.
Result<std::string> VisitPaper::badge_of(const ActorId& actor) {
  if (words_.schema().find("person") == nullptr || actor.empty()) return std::string(kNothing);
  std::optional<Uuid> after;
  for (std::size_t seen = 0; seen < kPeopleMax;) {
    DAYBOOK_ASSIGN(const auto people, words_.store().list_records("person", after, 500));
    for (const auto& one : people) {
      const auto badge = text_held(one, "badge_no");
      if (text_held(one, "login") == actor && !badge.empty()) return badge;
    }
    if (people.size() < 500) break;
    seen += people.size();
    after = people.back().record.id;
  }
  return std::string(kNothing);
}

Result<PaperBox> VisitPaper::customer() {
  auto made = box("客户", "Customer");
  DAYBOOK_TRY(add_cells(made, words_, file_.record,
                        {"customer_name", "contact_person", "phone", "address"}));
  // What the visit itself does not say stands in the customer's file.
  DAYBOOK_ASSIGN(const auto customer, referred("customer", "customer"));
  if (!customer) return made;
  constexpr std::pair<const char*, const char*> kSame[] = {{"name", "customer_name"},
                                                           {"contact_persons", "contact_person"},
                                                           {"phones", "phone"},
                                                           {"address", "address"}};
  for (const auto& [of_file, of_visit] : kSame) {
    if (held(*customer, of_file) == nullptr) continue;
    const auto label = words_.label(words_.schema().find("visit"), of_visit);
    DAYBOOK_ASSIGN(auto text, words_.text(*customer, of_file));
    for (auto& cell : made.cells) {
      if (cell.label == label && cell.text == kNothing) cell.text = std::move(text);
    }
  }
  return made;
}

Result<PaperBox> VisitPaper::unit() {
  auto made = box("产品", "Product");
  DAYBOOK_ASSIGN(const auto unit, referred("unit", "unit"));
  if (unit) {
    DAYBOOK_TRY(add_cells(made, words_, *unit, {"model", "serial_no"}));
  } else {
    const auto* collection = words_.schema().find("unit");
    for (const char* name : {"model", "serial_no"})
      made.cells.push_back({words_.label(collection, name), kNothing, 1});
  }
  DAYBOOK_TRY(add_cells(made, words_, file_.record, {"serial_seen", "meter"}));
  if (unit)
    DAYBOOK_TRY(add_cells(made, words_, *unit, {"site_address", "accepted_on", "use_class"}));
  return made;
}

Result<PaperBox> VisitPaper::people_and_times() {
  auto made = box("人员与时间", "People and times");
  const auto* visit = words_.schema().find("visit");
  const ActorId technician = text_held(file_.record, "technician");
  DAYBOOK_ASSIGN(auto name, words_.person(technician));
  DAYBOOK_ASSIGN(auto badge, badge_of(technician));
  made.cells.push_back({words_.label(visit, "technician"), std::move(name), 1});
  made.cells.push_back({words_.say("工号", "Badge"), std::move(badge), 1});
  DAYBOOK_TRY(add_cells(made, words_, file_.record,
                        {"participants", "window_start", "window_end", "departed_at", "arrived_at",
                         "finished_at", "priority", "status"}));
  const auto& events = file_.of("visit_event");
  if (events.empty()) return made;
  DAYBOOK_TRY(fill_times(made, events));
  DAYBOOK_ASSIGN(made.table, table_of(words_, *words_.schema().find("visit_event"), events,
                                      {{"kind*3", "at*4", "person*2?", "note*5"}, false}));
  return made;
}

// What the visit does not say of its times, its events do.
Result<void> VisitPaper::fill_times(PaperBox& box, const std::vector<RecordState>& events) {
  constexpr std::pair<const char*, const char*> kSame[] = {
      {"departed", "departed_at"}, {"arrived", "arrived_at"}, {"work_done", "finished_at"}};
  for (const auto& [kind, field] : kSame) {
    const auto label = words_.label(words_.schema().find("visit"), field);
    for (const auto& event : events) {
      if (text_held(event, "kind") != kind) continue;
      DAYBOOK_ASSIGN(const auto at, words_.text(event, "at"));
      for (auto& cell : box.cells) {
        if (cell.label == label && cell.text == kNothing) cell.text = at;
      }
    }
  }
  return {};
}

Result<PaperBox> VisitPaper::findings() {
  auto made = box("听 · 看 · 查", "Listen, look, inspect");
  DAYBOOK_TRY(add_cells(made, words_, file_.record,
                        {"symptom", "user_statement", "unit_verified", "opened_before",
                         "cause_code", "responsibility", "cause", "consensus"}));
  return made;
}

Result<PaperBox> VisitPaper::action() {
  auto made = box("处理情况与结果", "What was done, and the result");
  DAYBOOK_TRY(
      add_cells(made, words_, file_.record, {"action_taken", "work_record", "result", "notes"}));
  return made;
}

Result<PaperBox> VisitPaper::table_box(std::string title, const char* collection, TablePlan plan) {
  PaperBox made;
  made.title = std::move(title);
  const auto* kind = words_.schema().find(collection);
  if (kind == nullptr) return made;
  DAYBOOK_ASSIGN(made.table, table_of(words_, *kind, file_.of(collection), plan));
  return made;
}

Result<PaperBox> VisitPaper::swaps() {
  return table_box(words_.say("换件与赔偿", "Swapped parts and compensation"), "part_swap",
                   {{"part_no*4?", "name*4", "quantity*2", "old_serial*5", "new_serial*5",
                     "warranty*3?", "price*2?", "compensation*2?", "old_part*3?", "reason*5"},
                    true});
}

Result<PaperBox> VisitPaper::fees() {
  DAYBOOK_ASSIGN(auto made,
                 table_box(words_.say("服务类别与费用", "Service category and fees"), "fee_line",
                           {{"item*6", "quantity*2", "unit_price*3", "discount*3", "total*3",
                             "fee_table_version*2"},
                            true}));
  DAYBOOK_TRY(add_cells(made, words_, file_.record,
                        {"category", "fee_declared", "fee_total", "fee_collected"}));
  // A free visit needs no empty table.
  if (file_.of("fee_line").empty()) made.table = {};
  return made;
}

Result<PaperBox> VisitPaper::taken_away() {
  auto made = box("收据与替补品", "Receipts and substitutes");
  DAYBOOK_TRY(add_cells(made, words_, file_.record, {"receipt_no", "loaner_serial"}));
  const auto& taken = file_.of("takeaway");
  if (!taken.empty()) {
    DAYBOOK_ASSIGN(
        made.table,
        table_of(
            words_, *words_.schema().find("takeaway"), taken,
            {{"provisional_no*3", "serial*3", "accessories*4", "damage*4", "taken_at*3"}, false}));
  }
  return made;
}

std::string VisitPaper::content_hash() const {
  // Of the newest sealed form; without one, of what the signer was shown.
  const std::pair<const char*, const char*> places[] = {{"form", "content_hash"},
                                                        {"signature", "shown"}};
  for (const auto& [collection, field] : places) {
    const auto& records = file_.of(collection);
    for (auto one = records.rbegin(); one != records.rend(); ++one) {
      const auto* value = held(*one, field);
      if (value != nullptr && value->kind() == Value::Kind::kBytes)
        return to_hex(value->as_bytes());
    }
  }
  return {};
}

// The versions that were sealed, and when headquarters first had the hash of each: their bytes and
// proofs are for machines (daybook evidence export).
Result<PaperBox> VisitPaper::sealed() {
  auto made = box("封存与公司收据", "Sealed, and received by headquarters");
  const auto add = [&](const char* collection, const TablePlan& plan) -> Result<void> {
    const auto* kind = words_.schema().find(collection);
    if (kind == nullptr || file_.of(collection).empty()) return {};
    DAYBOOK_ASSIGN(made.table, table_of(words_, *kind, file_.of(collection), plan));
    return {};
  };
  DAYBOOK_TRY(
      add("form",
          {{"form_version*2", "content_hash*9", "sealed_at*3", "person*2", "reason*4?"}, false}));
  for (const auto& one : file_.of("anchor"))
    DAYBOOK_TRY(add_cells(made, words_, one, {"paper", "received_at", "content_hash"}));
  return made;
}

Result<PaperBox> VisitPaper::signatures() {
  auto made = box("用户签名", "Signature of the user");
  const auto* kind = words_.schema().find("signature");
  for (const auto& one : file_.of("signature")) {
    std::vector<std::string> lines;
    for (const char* name : {"signer", "signer_role", "kind", "signed_at", "form_version"}) {
      if (held(one, name) == nullptr) continue;
      DAYBOOK_ASSIGN(const auto text, words_.text(one, name));
      lines.push_back(words_.label(kind, name) + ": " + text);
    }
    if (held(one, "consent") != nullptr) lines.push_back(text_held(one, "consent"));
    made.signatures.push_back(signature_of(one, words_.label(kind), std::move(lines)));
  }
  if (made.signatures.empty()) {
    made.signatures.push_back({{},
                               0,
                               0,
                               words_.say("签名或盖章", "Signature or stamp"),
                               {words_.say("尚未签名", "Not signed yet"),
                                words_.say("签名人：", "Signer:"), words_.say("日期：", "Date:")}});
  }
  const auto hash = content_hash();
  made.cells.push_back({words_.say("签署内容的摘要", "Digest of what was signed") + " (SHA-256)",
                        hash.empty() ? kNothing : hash, 4});
  return made;
}

Result<PaperBox> VisitPaper::approval() {
  DAYBOOK_ASSIGN(
      auto made,
      table_box(
          words_.say("部门负责人审批", "Decision of the department head"), "approval",
          {{"decision*2", "decided_by*2", "decided_at*3", "reached_by*2?", "reason*5"}, false}));
  DAYBOOK_TRY(add_cells(made, words_, file_.record, {"time_kept", "quality_score", "review"}));
  return made;
}

// What else belongs to the visit: the schema may know more than this file does.
Result<std::vector<PaperBox>> VisitPaper::others() {
  std::vector<PaperBox> boxes;
  for (const auto& collection : words_.schema().collections) {
    const auto& records = file_.of(collection.name);
    if (records.empty() || shown_.contains(collection.name)) continue;
    PaperBox made;
    made.title = words_.label(&collection);
    DAYBOOK_ASSIGN(made.table, table_of(words_, collection, records, {}));
    if (!made.table.columns.empty()) boxes.push_back(std::move(made));
  }
  return boxes;
}

Result<Paper> VisitPaper::form() {
  shown_ = {"visit_event", "part_swap", "fee_line", "takeaway", "signature",
            "survey",      "approval",  "photo",    "form",     "anchor"};
  DAYBOOK_ASSIGN(auto paper, framed_paper(words_, file_, content_hash()));
  using Part = Result<PaperBox> (VisitPaper::*)();
  for (const Part part : {&VisitPaper::customer, &VisitPaper::unit, &VisitPaper::people_and_times,
                          &VisitPaper::findings, &VisitPaper::action, &VisitPaper::swaps,
                          &VisitPaper::fees, &VisitPaper::taken_away}) {
    DAYBOOK_ASSIGN(auto made, (this->*part)());
    paper.boxes.push_back(std::move(made));
  }
  DAYBOOK_ASSIGN(auto more, others());
  for (auto& made : more) paper.boxes.push_back(std::move(made));
  const auto& photos = file_.of("photo");
  if (!photos.empty()) {
    DAYBOOK_ASSIGN(auto made,
                   table_box(words_.say("照片", "Photos"), "photo",
                             {{"purpose*2", "caption*4", "taken_at*3", "content*7"}, true}));
    paper.boxes.push_back(std::move(made));
  }
  if (!file_.of("form").empty() || !file_.of("anchor").empty()) {
    DAYBOOK_ASSIGN(auto made, sealed());
    paper.boxes.push_back(std::move(made));
  }
  for (const Part part : {&VisitPaper::signatures, &VisitPaper::approval}) {
    DAYBOOK_ASSIGN(auto made, (this->*part)());
    paper.boxes.push_back(std::move(made));
  }
  return paper;
}

// Never one signature for both papers: the survey has its own.
Result<Paper> VisitPaper::survey(const RecordState& one) {
  DAYBOOK_ASSIGN(auto paper, framed_paper(words_, file_, {}));
  paper.title = words_.label(words_.schema().find("survey"));
  paper.notices.clear();
  DAYBOOK_ASSIGN(auto about, customer());
  paper.boxes.push_back(std::move(about));
  DAYBOOK_ASSIGN(auto answers, box_of_all(words_, one));
  answers.title = words_.say("回答", "Answers");
  paper.boxes.push_back(std::move(answers));
  auto signed_box = box("用户签名", "Signature of the user");
  const auto signer = text_held(one, "signed_by");
  signed_box.signatures.push_back(signature_of(
      one, words_.say("签名", "Signature"),
      {words_.say("签名人", "Signed by") + ": " + (signer.empty() ? kNothing : signer),
       words_.say("此签名仅用于本调查表。", "This signature is for this survey only.")}));
  paper.boxes.push_back(std::move(signed_box));
  return paper;
}

}  // namespace

Result<Document> visit_document(ServerStore& store, const Schema& schema, const Uuid& visit,
                                const PaperWish& wish) {
  if (schema.find("visit") == nullptr)
    return failure(Errc::kUnknownCollection, "visit", "this schema has no visits");
  DAYBOOK_ASSIGN(auto file, load_file(store, {"visit", visit}));
  VisitPaper papers(store, schema, wish, std::move(file));
  Document made;
  DAYBOOK_ASSIGN(auto form, papers.form());
  made.job.papers.push_back(std::move(form));
  if (schema.find("survey") != nullptr) {
    for (const auto& one : papers.file().of("survey")) {
      if (made.job.papers.size() == 20) break;
      DAYBOOK_ASSIGN(auto survey, papers.survey(one));
      made.job.papers.push_back(std::move(survey));
    }
  }
  made.job.title = made.job.papers.front().title + " " + made.job.papers.front().number;
  DAYBOOK_ASSIGN(made.job.dated_ms, dated_ms(store, papers.file().version()));
  made.file_name = file_name_of(papers.file().record);
  return made;
}

}  // namespace daybook
