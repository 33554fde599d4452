// SPDX-License-Identifier: Apache-2.0
// Every other record as a paper: its fields, a table for each kind of record that belongs to it,
// and where a document is signed by hand, room for that. A goods receipt comes in two copies
// (一式二份). A receipt of a visit (what was taken away or lent) carries what stands under the
// service form that names it: the customer signs once, and the technician seals once.
#include <algorithm>
#include <initializer_list>
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
  bool signed_with_form = false;  // drawn by the first of the signers, sealed by the last
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

struct SealedForm {
  RecordFile visit;
  RecordState form;
};

// The newest form of its visit that names this receipt.
Result<std::optional<SealedForm>> form_naming(ServerStore& store, const RecordState& receipt) {
  std::optional<SealedForm> found;
  const auto* visit = held(receipt, "visit");
  const auto id = visit != nullptr && visit->kind() == Value::Kind::kBytes
                      ? Uuid::from(visit->as_bytes())
                      : std::nullopt;
  if (!id) return found;
  DAYBOOK_ASSIGN(auto file, load_file(store, {"visit", *id}));
  const auto& forms = file.of("form");
  const auto form = std::find_if(forms.rbegin(), forms.rend(), [&](const RecordState& one) {
    return names(one, receipt.record.id);
  });
  if (form == forms.rend()) return found;
  auto state = *form;
  found = SealedForm{std::move(file), std::move(state)};
  return found;
}

Result<std::vector<std::string>> lines_of(const PaperWords& words, const RecordState& record,
                                          std::initializer_list<const char*> fields) {
  std::vector<std::string> lines;
  for (const char* name : fields) {
    if (held(record, name) == nullptr) continue;
    DAYBOOK_ASSIGN(const auto text, words.text(record, name));
    lines.push_back(words.label(words.schema().find(record.record.collection), name) + ": " + text);
  }
  return lines;
}

// The customer's stands as he drew it; that he refused is said, with his reason.
Result<std::optional<PaperSignature>> drawn_under(const PaperWords& words, const SealedForm& sealed,
                                                  const std::string& label) {
  std::optional<PaperSignature> made;
  const auto form = Value::bytes(copy_of(sealed.form.record.id.view()));
  for (const auto& signature : sealed.visit.of("signature")) {
    const auto* of = held(signature, "form");
    if (of == nullptr || *of != form) continue;
    const bool refused = text_held(signature, "kind") == "refused";
    DAYBOOK_ASSIGN(auto lines, lines_of(words, signature,
                                        {"signer", "signed_at", "refused_reason", "witness"}));
    lines.push_back((refused
                         ? words.say("拒绝在服务单上签名：", "Refused to sign the service form:")
                         : words.say("随服务单签署：", "Signed with the service form:")) +
                    " " + number_of(words, sealed.visit.record));
    made = signature_of(signature, label, std::move(lines));
  }
  return made;
}

// The technician draws nothing: he seals the form, and his phone's key signs it.
Result<PaperSignature> sealed_by(const PaperWords& words, const SealedForm& sealed,
                                 const std::string& label) {
  DAYBOOK_ASSIGN(auto lines, lines_of(words, sealed.form, {"person", "sealed_at"}));
  lines.push_back(words.say("随服务单封存：", "Sealed with the service form:") + " " +
                  number_of(words, sealed.visit.record));
  return PaperSignature{{}, 0, 0, label, std::move(lines)};
}

// Both sides of a receipt of a visit; what was not signed leaves room for a pen.
Result<std::vector<PaperSignature>> signatures_on(ServerStore& store, const PaperWords& words,
                                                  const RecordState& record,
                                                  const DocumentPlan& plan) {
  std::vector<PaperSignature> made;
  for (const auto& role : plan.signers)
    made.push_back({{}, 0, 0, words.say(role.zh, role.en), {words.say("日期：", "Date:")}});
  if (!plan.signed_with_form) return made;
  DAYBOOK_ASSIGN(const auto form, form_naming(store, record));
  if (!form) return made;
  DAYBOOK_ASSIGN(auto drawn, drawn_under(words, *form, made.front().label));
  if (drawn) made.front() = *std::move(drawn);
  DAYBOOK_ASSIGN(made.back(), sealed_by(words, *form, made.back().label));
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
  DAYBOOK_ASSIGN(box.signatures, signatures_on(store, words, file.record, plan));
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
