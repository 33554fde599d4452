// SPDX-License-Identifier: Apache-2.0
// Every other record as a paper: its fields, a table for each kind of record that belongs to it,
// and where a document is signed by hand, room for that. A goods receipt comes in two copies
// (一式二份). A receipt of a visit (what was taken away or lent) carries the signature of the
// service form that names it: the customer signs once.
#include <algorithm>
#include <optional>

#include "core/base/hex.hpp"
#include "sync-server/paper/record_paper.hpp"

namespace daybook {
namespace {

struct Role {
  std::string_view zh, en;
};
struct DocumentPlan {
  std::string_view collection;
  std::vector<Role> signers;      // whose names a pen puts under it
  std::vector<Role> copies;       // more than one: the same paper once for each
  bool signed_with_form = false;  // by the first of the signers
};

const std::vector<DocumentPlan>& plans() {
  static const std::vector<DocumentPlan> kPlans = {
      {"requisition",
       {{"领料人", "Drawn by"}, {"审批人", "Approved by"}, {"发料人", "Issued by"}},
       {}},
      {"goods_receipt",
       {{"收货人", "Received by"}, {"送货人", "Delivered by"}},
       {{"第一联 库房存根", "Copy 1: store"}, {"第二联 送货人", "Copy 2: deliverer"}}},
      {"takeaway", {{"用户", "Customer"}, {"服务人员", "Technician"}}, {}, true},
      {"loan", {{"用户", "Customer"}, {"服务人员", "Technician"}}, {}, true},
  };
  return kPlans;
}

const DocumentPlan& plan_for(const std::string& collection) {
  static const DocumentPlan kPlain;
  for (const auto& plan : plans()) {
    if (plan.collection == collection) return plan;
  }
  return kPlain;
}

bool names(const RecordState& form, const Uuid& row) {
  const auto* covered = held(form, "covered");
  if (covered == nullptr || covered->kind() != Value::Kind::kList) return false;
  const auto id = to_string(row);
  return std::any_of(covered->as_list().begin(), covered->as_list().end(), [&](const Value& one) {
    return one.kind() == Value::Kind::kText && one.as_text().ends_with(id);
  });
}

// The customer's signature under the newest form of the visit that names this receipt.
Result<std::optional<PaperSignature>> signature_under(ServerStore& store, const PaperWords& words,
                                                      const RecordState& receipt,
                                                      const std::string& label) {
  std::optional<PaperSignature> made;
  const auto* visit = held(receipt, "visit");
  const auto id = visit != nullptr && visit->kind() == Value::Kind::kBytes
                      ? Uuid::from(visit->as_bytes())
                      : std::nullopt;
  if (!id) return made;
  DAYBOOK_ASSIGN(const auto file, load_file(store, {"visit", *id}));
  const auto& forms = file.of("form");
  const auto form = std::find_if(forms.rbegin(), forms.rend(), [&](const RecordState& one) {
    return names(one, receipt.record.id);
  });
  if (form == forms.rend()) return made;
  for (const auto& signature : file.of("signature")) {
    const auto* of = held(signature, "form");
    if (of == nullptr || *of != Value::bytes(copy_of(form->record.id.view()))) continue;
    std::vector<std::string> lines;
    for (const char* name : {"signer", "signed_at"}) {
      if (held(signature, name) == nullptr) continue;
      DAYBOOK_ASSIGN(const auto text, words.text(signature, name));
      lines.push_back(words.label(words.schema().find("signature"), name) + ": " + text);
    }
    lines.push_back(words.say("随服务单签署：", "Signed with the service form:") + " " +
                    number_of(words, file.record));
    made = signature_of(signature, label, std::move(lines));
  }
  return made;
}

Result<Paper> paper_of(ServerStore& store, const PaperWords& words, const RecordFile& file,
                       const DocumentPlan& plan) {
  DAYBOOK_ASSIGN(auto paper, framed_paper(words, file, {}));
  DAYBOOK_ASSIGN(auto fields, box_of_all(words, file.record));
  paper.boxes.push_back(std::move(fields));
  for (const auto& collection : words.schema().collections) {
    const auto& records = file.of(collection.name);
    if (records.empty()) continue;
    PaperBox box;
    box.title = words.label(&collection);
    DAYBOOK_ASSIGN(box.table, table_of(words, collection, records, {}));
    if (!box.table.columns.empty()) paper.boxes.push_back(std::move(box));
  }
  if (plan.signers.empty()) return paper;
  PaperBox box;
  box.title = words.say("签名", "Signatures");
  for (const auto& role : plan.signers) {
    const auto label = words.say(role.zh, role.en);
    std::optional<PaperSignature> drawn;
    if (plan.signed_with_form && &role == &plan.signers.front()) {
      DAYBOOK_ASSIGN(drawn, signature_under(store, words, file.record, label));
    }
    box.signatures.push_back(drawn
                                 ? *std::move(drawn)
                                 : PaperSignature{{}, 0, 0, label, {words.say("日期：", "Date:")}});
  }
  paper.boxes.push_back(std::move(box));
  return paper;
}

}  // namespace

Result<Document> record_document(ServerStore& store, const Schema& schema, const RecordRef& record,
                                 const PaperWish& wish) {
  if (record.collection == "visit") return visit_document(store, schema, record.id, wish);
  if (schema.find(record.collection) == nullptr)
    return failure(Errc::kUnknownCollection, "collection", record.collection);
  const PaperWords words(store, schema, wish.tongue, wish.utc_offset_min, wish.sees);
  DAYBOOK_ASSIGN(const auto file, load_file(store, record));
  const auto& plan = plan_for(record.collection);
  Document made;
  DAYBOOK_ASSIGN(const auto paper, paper_of(store, words, file, plan));
  for (const auto& copy : plan.copies) {
    made.job.papers.push_back(paper);
    made.job.papers.back().notices.insert(made.job.papers.back().notices.begin(),
                                          words.say(copy.zh, copy.en));
  }
  if (made.job.papers.empty()) made.job.papers.push_back(paper);
  made.job.title = paper.title + " " + paper.number;
  DAYBOOK_ASSIGN(made.job.dated_ms, dated_ms(store, file.version()));
  made.file_name = file_name_of(file.record);
  return made;
}

}  // namespace daybook
