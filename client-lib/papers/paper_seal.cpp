// SPDX-License-Identifier: Apache-2.0
// The part of PaperDesk that seals: form or survey, the signature on it and what happened to the
// visit, in one set.
#include "client-lib/papers/paper_desk.hpp"
#include "core/base/hex.hpp"
#include "core/crypto/device_key.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook::papers {
namespace {

constexpr std::string_view kImageType = "image/png";
constexpr std::string_view kStampType = "image/jpeg";

Value id_value(const Uuid& id) { return Value::bytes(copy_of(id.view())); }
Value digest_value(const Digest& digest) { return Value::bytes(copy_of(digest.view())); }

Bytes bytes_of(const std::vector<Digest>& digests) {
  Bytes all;
  for (const auto& one : digests) all.insert(all.end(), one.raw.begin(), one.raw.end());
  return all;
}

// What the device signs. The order of its lines is the format's.
Statement statement_of(const Presented& paper, const Signing& signing, const Enrolment& enrolment) {
  const SealedForm& form = paper.form;
  Statement out;
  out.add("paper", paper.paper);
  out.add("id", to_string(form.id));
  out.add("visit", to_string(form.subject));
  out.add("version", std::to_string(form.version));
  out.add("content_hash", to_hex(content_hash(paper.parts).view()));
  if (form.previous) out.add("previous", to_hex(form.previous->view()));
  out.add("kind", signing.kind);
  out.add("signer", signing.signer);
  out.add("signer_role", signing.role);
  out.add("relation", signing.relation);
  if (!signing.reason.empty()) out.add("refused_reason", signing.reason);
  if (!signing.witness.empty()) out.add("witness", signing.witness);
  if (!signing.strokes.empty()) out.add("strokes_sha256", to_hex(sha256(signing.strokes).view()));
  if (signing.image) out.add("image_sha256", to_hex(signing.image->view()));
  if (signing.stamp_photo) out.add("stamp_photo_sha256", to_hex(signing.stamp_photo->view()));
  std::string pages;
  for (const auto& page : signing.pages) pages += (pages.empty() ? "" : " ") + to_hex(page.view());
  out.add("pages_shown_sha256", pages);
  out.add("language", signing.language);
  out.add("text_size", std::to_string(signing.text_size));
  out.add("scrolled_to_end", signing.to_end ? "yes" : "no");
  out.add("seconds_on_screen", std::to_string(signing.seconds));
  if (!signing.consent_id.empty()) {
    out.add("consent_id", signing.consent_id);
    out.add("consent_sha256", to_hex(sha256(view_of(signing.consent_text)).view()));
  }
  out.add("at_device_ms", std::to_string(signing.at_ms));
  out.add("monotonic_ms", std::to_string(signing.steady_ms));
  if (signing.latitude && signing.longitude) {
    out.add("latitude_e", std::to_string(*signing.latitude));
    out.add("longitude_e", std::to_string(*signing.longitude));
  }
  out.add("device", to_string(enrolment.device));
  out.add("person", enrolment.actor);
  return out;
}

void set_if(Fields& fields, std::string name, const std::string& text) {
  if (!text.empty()) fields.set(std::move(name), Value::text(text));
}

Fields signature_fields(const Presented& paper, const Signing& signing) {
  Fields fields;
  fields.set("visit", id_value(paper.subject.id));
  fields.set("paper", Value::text(paper.paper));
  fields.set(paper.paper, id_value(paper.form.id));
  fields.set("content_hash", digest_value(content_hash(paper.parts)));
  fields.set("form_version", Value::integer(static_cast<std::int64_t>(paper.form.version)));
  fields.set("signer", Value::text(signing.signer));
  set_if(fields, "signer_role", signing.role);
  set_if(fields, "relation", signing.relation);
  fields.set("kind", Value::text(signing.kind));
  fields.set("signed_at", Value::integer(signing.at_ms));
  set_if(fields, "refused_reason", signing.reason);
  set_if(fields, "witness", signing.witness);
  if (!signing.strokes.empty()) fields.set("strokes", Value::bytes(signing.strokes));
  if (signing.width > 0) fields.set("width", Value::integer(signing.width));
  if (signing.height > 0) fields.set("height", Value::integer(signing.height));
  if (signing.image) fields.set("image", digest_value(*signing.image));
  if (signing.stamp_photo) fields.set("stamp_photo", digest_value(*signing.stamp_photo));
  fields.set("shown", digest_value(sha256(bytes_of(signing.pages))));
  set_if(fields, "consent_id", signing.consent_id);
  set_if(fields, "consent", signing.consent_text);
  if (signing.latitude) fields.set("latitude", Value::integer(*signing.latitude));
  if (signing.longitude) fields.set("longitude", Value::integer(*signing.longitude));
  return fields;
}

Fields form_fields(const Presented& paper, const PaperRules& rules, const ActorId& person,
                   std::int64_t now_ms) {
  const SealedForm& form = paper.form;
  Fields fields;
  fields.set(rules.about, id_value(form.subject));
  fields.set(rules.version, Value::integer(static_cast<std::int64_t>(form.version)));
  fields.set("content_hash", digest_value(content_hash(paper.parts)));
  if (form.previous) fields.set("prev_form_hash", digest_value(*form.previous));
  set_if(fields, "reason", form.reason);
  fields.set("content", Value::bytes(paper.parts.content));
  fields.set("manifest", Value::bytes(paper.parts.manifest));
  fields.set("included_upto", Value::bytes(paper.parts.included_upto));
  ValueList covered;
  for (const auto& item : form.manifest) covered.push_back(Value::text(to_string(item.id)));
  fields.set(rules.rows, Value::list(std::move(covered)));
  fields.set("rules_version", Value::integer(static_cast<std::int64_t>(form.rules_version)));
  fields.set("sealed_at", Value::integer(now_ms));
  fields.set("person", Value::text(person));
  return fields;
}

Fields event_fields(const Presented& paper, const Signing& signing, const ActorId& person) {
  Fields fields;
  fields.set("visit", id_value(paper.subject.id));
  fields.set("kind", Value::text(signing.kind == "refused" ? "refused_to_sign" : "signed"));
  fields.set("at", Value::integer(signing.at_ms));
  fields.set("person", Value::text(person));
  set_if(fields, "note", signing.reason);
  return fields;
}

}  // namespace

Result<CommitInput> PaperDesk::sealing(const Desk& desk, const Presented& paper) {
  DAYBOOK_ASSIGN(const auto* const rules, rules_of(*desk.core->schema()));
  const auto& enrolment = desk.core->enrolment();
  Signer* const signer = desk.core->signer();
  if (!enrolment || signer == nullptr) return failure(Errc::kClosed, "device", "not enrolled");
  CommitInput input;
  const auto create = [&](std::string collection, const Uuid& id, Fields fields) {
    input.changes.push_back(
        {{std::move(collection), id}, Change::Kind::kCreate, std::move(fields)});
  };
  if (!paper.set.empty()) input.changes.push_back({paper.subject, Change::Kind::kEdit, paper.set});
  if (paper.paper == "form") {
    create(rules->paper, paper.form.id,
           form_fields(paper, *rules, enrolment->actor, clock_.wall_ms()));
  } else {
    Fields survey = paper.survey;
    survey.set("content", Value::bytes(signed_bytes(paper.parts)));
    survey.set("content_hash", digest_value(content_hash(paper.parts)));
    create("survey", paper.form.id, std::move(survey));
  }
  if (!paper.signing) return input;
  const Signing& signing = *paper.signing;
  const std::string statement = to_text(statement_of(paper, signing, *enrolment));
  DAYBOOK_ASSIGN(const auto signature, signer->sign(view_of(statement)));
  Fields fields = signature_fields(paper, signing);
  fields.set("statement", Value::bytes(copy_of(view_of(statement))));
  fields.set("device_key", Value::bytes(encode(signer->public_key())));
  fields.set("device_signature", Value::bytes(encode(signature)));
  const Uuid id = desk.core->new_id();
  create("signature", id, std::move(fields));
  if (paper.paper == "form")
    create("visit_event", desk.core->new_id(), event_fields(paper, signing, enrolment->actor));
  const auto promise = [&](const std::optional<Digest>& content, std::uint64_t size,
                           std::string_view type) {
    if (content && size > 0)
      input.attachments.push_back(
          {*content, size, std::string(type), "signature", {"signature", id}});
  };
  promise(signing.image, signing.image_size, kImageType);
  promise(signing.stamp_photo, signing.stamp_size, kStampType);
  return input;
}

Result<Sealed> PaperDesk::seal(const Desk& desk, const Uuid& id) {
  const auto found = papers_.find(id);
  if (found == papers_.end()) return failure(Errc::kNotFound, "id", "not presented, or closed");
  Presented& paper = found->second;
  if (paper.needs_signature && !paper.signing)
    return failure(Errc::kInvalid, "signature", "missing: nobody signed what is presented");
  if (paper.paper == "form") {
    DAYBOOK_ASSIGN(const auto* const rules, rules_of(*desk.core->schema()));
    Presented now = paper;
    DAYBOOK_TRY(collect(desk, *rules, now));
    const auto changes = compare_forms(paper.form, now.form);
    if (!changes.empty()) {
      const auto& first = changes.front();
      return failure(Errc::kInvalid,
                     first.record.collection + (first.field.empty() ? "" : "." + first.field),
                     "changed since it was shown: close the paper and present it again");
    }
  }
  Sealed sealed{
      paper.paper, paper.form.version, content_hash(paper.parts), paper.signing.has_value(), {},
      {}};
  DAYBOOK_ASSIGN(sealed.input, sealing(desk, paper));
  DAYBOOK_ASSIGN(sealed.committed, desk.core->commit(sealed.input));
  DAYBOOK_TRY(close(id));
  return sealed;
}

}  // namespace daybook::papers
