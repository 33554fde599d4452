// SPDX-License-Identifier: Apache-2.0
#include "client-lib/papers/paper_desk.hpp"

#include <algorithm>

#include "client-lib/abi/json/value_json.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::papers {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kPresentedMax = 16;
constexpr std::size_t kReasonSizeMax = 2000;

Result<Fields> read_values(const JsonValue& json, const std::string& place,
                           const CollectionSchema& collection) {
  if (!json.is(Kind::kObject)) return failure(Errc::kWrongType, place, "expected an object");
  Fields fields;
  for (const auto& [name, value] : json.members) {
    const auto* field = collection.find(name);
    if (field == nullptr)
      return failure(Errc::kUnknownField, place_in(place, name),
                     "not a field of " + collection.name);
    DAYBOOK_ASSIGN(auto read, read_value(value, field->type, place_in(place, name)));
    fields.set(name, std::move(read));
  }
  return fields;
}

std::string missing_answer(const std::vector<const PaperRequirement*>& missing) {
  JsonWriter out;
  out.begin_object().key("presented").boolean(false).key("missing").begin_array();
  for (const auto* one : missing)
    out.begin_object().key("zh").text(one->zh).key("en").text(one->en).end_object();
  out.end_array().end_object();
  return out.take();
}

std::string presented_answer(const Presented& paper) {
  const SealedForm& form = paper.form;
  JsonWriter out;
  out.begin_object().key("presented").boolean(true).key("id").text(to_string(form.id));
  out.key("paper").text(paper.paper).key("version").count(form.version);
  out.key("content_hash").text(to_hex(content_hash(paper.parts).view()));
  out.key("previous");
  if (form.previous) {
    out.text(to_hex(form.previous->view()));
  } else {
    out.null();
  }
  out.key("signature_needed").boolean(paper.needs_signature);
  out.key("records").count(form.records.size()).key("changes").begin_array();
  for (const auto& change : paper.changes) {
    out.begin_object().key("kind").text(name_of(change.kind));
    out.key("collection").text(change.record.collection).key("id");
    out.text(to_string(change.record.id)).key("field").text(change.field).end_object();
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace

Result<const PaperRules*> PaperDesk::rules_of(const Schema& schema) {
  if (rules_digest_ != schema.digest) {
    DAYBOOK_ASSIGN(rules_, load_papers(schema));
    rules_digest_ = schema.digest;
  }
  return rules_.empty() ? nullptr : &rules_.front();
}

Result<void> PaperDesk::read_form_request(const Desk& desk, const JsonValue& asked,
                                          Presented& paper) {
  const auto schema = desk.core->schema();
  const auto* set = asked.find("set");
  if (set != nullptr) {
    DAYBOOK_ASSIGN(paper.set, read_values(*set, "set", *schema->find(paper.subject.collection)));
  }
  return success();
}

Result<void> PaperDesk::read_survey_request(const Desk& desk, const JsonValue& asked,
                                            Presented& paper) {
  const auto schema = desk.core->schema();
  const auto* survey = schema->find("survey");
  const auto* answers = asked.find("answers");
  if (survey == nullptr)
    return failure(Errc::kUnknownCollection, "paper", "no survey in the rules");
  if (answers == nullptr)
    return failure(Errc::kInvalid, "answers", "missing: the fields of the survey");
  DAYBOOK_ASSIGN(paper.survey, read_values(*answers, "answers", *survey));
  paper.survey.set("visit", Value::bytes(copy_of(paper.subject.id.view())));
  paper.form.records = {{{"survey", paper.form.id}, paper.survey}};
  DAYBOOK_ASSIGN(paper.parts, encode_form(paper.form));
  return success();
}

Result<std::string> PaperDesk::present(const Desk& desk, const JsonValue& asked) {
  const auto schema = desk.core->schema();
  if (!schema) return failure(Errc::kClosed, "device", "not enrolled");
  DAYBOOK_ASSIGN(const auto* const rules, rules_of(*schema));
  if (rules == nullptr) return failure(Errc::kNotSupported, "paper", "the rules name no paper");
  if (!asked.is(Kind::kObject)) return failure(Errc::kWrongType, "present", "expected an object");
  const auto text = [&](std::string_view key) {
    const auto* member = asked.find(key);
    return member != nullptr && member->is(Kind::kText) ? member->text : std::string();
  };
  for (const auto& [name, value] : asked.members) {
    if (name != "paper" && name != "about" && name != "reason" && name != "set" &&
        name != "answers")
      return failure(Errc::kInvalid, name, "not a member of this object");
  }
  const auto about = uuid_from(text("about"));
  if (!about) return failure(Errc::kInvalid, "about", "expected an id, 8-4-4-4-12");
  if (papers_.size() >= kPresentedMax)
    return failure(Errc::kBusy, "paper", "close or seal what was presented");
  Presented paper;
  paper.paper = text("paper").empty() ? "form" : text("paper");
  paper.subject = {rules->subject, *about};
  paper.form.paper = paper.paper;
  paper.form.id = desk.core->new_id();
  paper.form.subject = *about;
  paper.form.rules = schema->name;
  paper.form.rules_version = schema->version;
  if (paper.paper == "survey") {
    DAYBOOK_TRY(read_survey_request(desk, asked, paper));
  } else if (paper.paper == "form") {
    DAYBOOK_TRY(read_form_request(desk, asked, paper));
    DAYBOOK_ASSIGN(const auto lacking, missing(*rules, paper.subject));
    if (!lacking.empty()) return missing_answer(lacking);
    DAYBOOK_TRY(collect(desk, *rules, paper));
    DAYBOOK_TRY(find_previous(desk, *rules, paper));
    paper.form.reason = text("reason");
    if (paper.form.reason.size() > kReasonSizeMax)
      return failure(Errc::kTooLarge, "reason", "at most 2000 bytes");
    if (paper.form.previous && paper.form.reason.empty())
      return failure(Errc::kInvalid, "reason", "a form is signed already: say why it is amended");
    if (!paper.form.previous && (!paper.form.reason.empty() || !paper.set.empty()))
      return failure(Errc::kInvalid, "reason", "no form is signed yet: there is nothing to amend");
    if (paper.form.previous && paper.changes.empty())
      return failure(Errc::kInvalid, "about", "nothing is different from what was signed");
    paper.needs_signature = !paper.form.previous || needs_signature(paper.changes, *rules);
    DAYBOOK_ASSIGN(paper.parts, encode_form(paper.form));
  } else {
    return failure(Errc::kInvalid, "paper", "form or survey");
  }
  const std::string answer = presented_answer(paper);
  papers_.emplace(paper.form.id, std::move(paper));
  return answer;
}

Result<std::string> PaperDesk::sign(const Uuid& paper, Signing signing) {
  const auto found = papers_.find(paper);
  if (found == papers_.end()) return failure(Errc::kNotFound, "id", "not presented, or closed");
  signing.at_ms = clock_.wall_ms();
  signing.steady_ms = clock_.steady_ms();
  found->second.signing = std::move(signing);
  JsonWriter out;
  out.begin_object().key("id").text(to_string(paper));
  out.key("content_hash").text(to_hex(content_hash(found->second.parts).view()));
  out.key("strokes").text(to_hex(sha256(found->second.signing->strokes).view())).end_object();
  return out.take();
}

Result<void> PaperDesk::close(const Uuid& paper) {
  const auto found = papers_.find(paper);
  if (found == papers_.end()) return failure(Errc::kNotFound, "id", "not presented, or closed");
  if (found->second.signing) {
    auto& strokes = found->second.signing->strokes;
    std::fill(strokes.begin(), strokes.end(), std::uint8_t{0});
  }
  papers_.erase(found);
  return success();
}

Result<void> PaperDesk::check_edits(const Schema& schema, const CommitInput& input) {
  DAYBOOK_ASSIGN(const auto* const rules, rules_of(schema));
  if (rules == nullptr) return success();
  const auto* covered = rules->find(rules->subject);
  for (std::size_t i = 0; i < input.changes.size(); ++i) {
    const auto& change = input.changes[i];
    if (change.kind != Change::Kind::kEdit || change.record.collection != rules->subject) continue;
    for (const auto& [name, value] : change.values) {
      const bool sealed =
          std::find(covered->fields.begin(), covered->fields.end(), name) != covered->fields.end();
      if (!sealed) continue;
      DAYBOOK_ASSIGN(const auto rows,
                     ask("select max(\"" + rules->version + "\") from \"" + rules->paper +
                             "\" where \"" + rules->about + "\" = :about",
                         to_string(change.record.id)));
      const auto& version = rows.at(0).items.at(0);
      if (version.kind != Kind::kInt) break;
      return failure(Errc::kImmutable, place_in(place_in(place_in("changes", i), "set"), name),
                     "signed in version " + std::to_string(version.integer) +
                         " of the form: make an amendment");
    }
  }
  return success();
}

}  // namespace daybook::papers
