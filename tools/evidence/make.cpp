// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/make.hpp"

#include <algorithm>
#include <set>

#include "core/base/hex.hpp"
#include "core/crypto/openssl_files.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/signature/form_place.hpp"
#include "core/domain/signature/statement.hpp"
#include "core/model/strokes.hpp"
#include "tools/evidence/readme.hpp"
#include "tools/evidence/strokes_svg.hpp"
#include "tools/evidence/sums.hpp"

namespace daybook::evidence {
namespace {

std::string id_of(const Json& record) { return record.at("id").get<std::string>(); }

std::string text_in(const Json& record, const char* name) {
  const auto& values = record.at("values");
  const auto found = values.find(name);
  return found != values.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Bytes bytes_in(const Json& record, const char* name) {
  return from_hex(text_in(record, name)).value_or(Bytes{});
}

std::int64_t number_in(const Json& record, const char* name) {
  const auto& values = record.at("values");
  const auto found = values.find(name);
  return found != values.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Bytes file_of(const std::string& text) { return copy_of(view_of(text)); }

std::string ending_for(const std::string& media_type) {
  if (media_type == "image/jpeg") return ".jpg";
  if (media_type == "image/png") return ".png";
  if (media_type == "video/mp4") return ".mp4";
  return "";
}

// A photo stands in the manifest by the hash of its file, any other row by that of its values.
bool is_file(const SealedForm& form, const ManifestItem& item) {
  return std::none_of(form.records.begin(), form.records.end(),
                      [&](const FormRecord& one) { return manifest_row(one) == item; });
}

// The forms that can be read and that no other amends, with the hash of each.
std::vector<std::pair<std::string, SealedForm>> forms_standing(const Found& found) {
  std::vector<std::pair<std::string, SealedForm>> all;
  std::set<std::string> amended;
  for (const auto& record : found.forms) {
    const FormParts parts{bytes_in(record, "content"), bytes_in(record, "manifest"),
                          bytes_in(record, "included_upto")};
    auto form = decode_form(parts);
    if (!form.ok()) continue;
    if (form->previous) amended.insert(to_hex(form->previous->view()));
    all.emplace_back(to_hex(content_hash(parts).view()), *std::move(form));
  }
  std::erase_if(all, [&](const auto& one) { return amended.count(one.first) != 0; });
  return all;
}

std::string key_of(const RecordRef& record) {
  return record.collection + " " + to_string(record.id);
}

Result<Strokes> strokes_in(const Json& signature) {
  Strokes strokes;
  const auto found = signature.at("values").find("strokes");
  if (found == signature.at("values").end() || !found->is_array()) return strokes;
  for (const auto& line : *found) {
    Stroke stroke;
    for (const auto& point : line)
      stroke.push_back({point.at(0).get<std::int32_t>(), point.at(1).get<std::int32_t>(),
                        point.at(2).get<std::uint32_t>(), point.at(3).get<std::uint16_t>()});
    strokes.push_back(std::move(stroke));
  }
  return strokes;
}

class Maker {
 public:
  Maker(const Found& found, const Schema& schema) : found_(found), schema_(schema) {}

  Result<Made> run() {
    for (const auto& form : found_.forms) DAYBOOK_TRY(add_form(form));
    for (const auto& form : forms_standing(found_)) compare_with_book(form);
    for (const auto& survey : found_.surveys) {
      if (!text_in(survey, "content").empty())
        add_paper("survey", survey, bytes_in(survey, "content"), text_in(survey, "content_hash"),
                  {});
    }
    for (const auto& signature : found_.signatures) DAYBOOK_TRY(add_signature(signature));
    for (const auto& anchor : found_.anchors) DAYBOOK_TRY(add_anchor(anchor));
    for (const auto& [digest, content] : found_.contents) add_content(digest, content);
    if (found_.service_form) made_.bundle["service-form.pdf"] = *found_.service_form;
    made_.bundle["approvals.json"] = file_of(Json(found_.approvals).dump(2) + "\n");
    const Json manifest = {
        {"daybook_evidence", 1},        {"visit", found_.visit}, {"papers", papers_},
        {"signatures", signatures_},    {"anchors", anchors_},   {"contents", contents_},
        {"approvals", "approvals.json"}};
    made_.bundle["manifest.json"] = file_of(manifest.dump(2) + "\n");
    made_.bundle["README.txt"] = file_of(readme_of(manifest));
    add_sums(made_.bundle);
    return std::move(made_);
  }

 private:
  void note(std::string file, std::string what, std::string place = {}) {
    made_.notes.push_back({std::move(file), std::move(what), std::move(place)});
  }

  Bytes first_copy(const Json& form, const std::string& field) const {
    const auto found = found_.first_copies.find(id_of(form) + "." + field);
    return found == found_.first_copies.end() ? Bytes{} : found->second;
  }

  // As the device's statement about it says; the record's own word where there is none.
  std::string signed_hash_of(const Json& form) const {
    for (const auto& signature : found_.signatures) {
      if (text_in(signature, "form") != id_of(form)) continue;
      const Bytes bytes = bytes_in(signature, "statement");
      const auto statement = read_statement(text_of(bytes));
      if (statement.ok()) return std::string(statement->find("content_hash"));
    }
    return text_in(form, "content_hash");
  }

  // The record, and what its change set brought, are two copies of the same bytes. The one whose
  // hash was signed is exported; where the other differs, somebody wrote into the book's file. The
  // hash is looked for in the statements: the field of the record may be what was written over.
  Result<void> add_form(const Json& form) {
    const Bytes held = signed_bytes(
        {bytes_in(form, "content"), bytes_in(form, "manifest"), bytes_in(form, "included_upto")});
    Bytes first = signed_bytes({first_copy(form, "content"), first_copy(form, "manifest"),
                                first_copy(form, "included_upto")});
    if (found_.first_copies.count(id_of(form) + ".content") == 0) first = held;
    const std::string wanted = signed_hash_of(form);
    const bool held_fits = to_hex(sha256(held).view()) == wanted;
    const bool first_fits = to_hex(sha256(first).view()) == wanted;
    std::vector<std::string> changed;
    if (held_fits != first_fits) {
      const auto places = held_fits ? changed_places(held, first) : changed_places(first, held);
      if (places.ok()) changed = *places;
    }
    add_paper("form", form, held_fits || !first_fits ? held : first, wanted, changed);
    return success();
  }

  // A fact never changes: where it says something else than it did under the customer's eyes,
  // somebody wrote into the book's file. A document may have been changed by people since.
  void compare_with_book(const std::pair<std::string, SealedForm>& standing) {
    const auto paper = paper_of_.find(standing.first);
    if (paper == paper_of_.end()) return;
    for (const auto& one : standing.second.records) {
      const auto held = found_.standing.find(key_of(one.record));
      if (held == found_.standing.end()) continue;
      const auto* collection = schema_.find(one.record.collection);
      const bool fact = collection != nullptr && collection->is_fact;
      for (const auto& [name, value] : one.values) {
        const auto& values = held->second.at("values");
        const auto now = values.find(name);
        if (now != values.end() && *now == json_of(value)) continue;
        const std::string place = one.record.collection + "." + name;
        if (fact) {
          note(paper->second, "changed in the book", place);
        } else {
          made_.since.push_back({paper->second, "the book says otherwise now", place});
        }
      }
    }
  }

  void add_paper(const std::string& kind, const Json& record, const Bytes& bytes,
                 const std::string& wanted, const std::vector<std::string>& changed) {
    const std::string stem = kind + "-" + std::to_string(++numbers_[kind]);
    const std::string hash = to_hex(sha256(bytes).view());
    made_.bundle[stem + ".signed"] = bytes;
    for (const auto& place : changed) note(stem + ".signed", "changed in the book", place);
    if (hash != wanted) note(stem + ".signed", "is not what was signed");
    if (text_in(record, "content_hash") != wanted)
      note(stem + ".signed", "changed in the book", "content_hash");
    papers_.push_back({{"file", stem + ".signed"},
                       {"paper", kind},
                       {"id", id_of(record)},
                       {"version", std::max<std::int64_t>(1, number_in(record, "form_version"))},
                       {"content_hash", wanted}});
    paper_of_[wanted] = stem + ".signed";
    const auto parts = split_signed_bytes(bytes);
    const auto form = parts.ok() ? decode_form(*parts) : Result<SealedForm>(parts.error());
    if (!form.ok()) return note(stem + ".signed", "cannot be read", form.error().field);
    made_.bundle[stem + ".json"] = file_of(paper_json(*parts, *form));
    made_.bundle[stem + ".txt"] = file_of(paper_text(*form, content_hash(*parts), schema_));
  }

  // A statement, its signature and its key as the files that openssl takes.
  Result<Json> add_statement(const std::string& stem, const Json& record, const char* key_field,
                             const char* signature_field) {
    const auto about = [&](const Error& why) {
      return failure(why.code, id_of(record) + "." + why.field, why.detail);
    };
    const auto key = decode_public_key(bytes_in(record, key_field));
    if (!key.ok()) return about(key.error());
    const auto signature = decode_signature(bytes_in(record, signature_field));
    if (!signature.ok()) return about(signature.error());
    const Bytes statement = bytes_in(record, "statement");
    made_.bundle[stem + ".txt"] = statement;
    made_.bundle[stem + ".sig"] = signature_file(*signature);
    made_.bundle[stem + ".pem"] = file_of(public_key_pem(*key));
    if (!verify(*key, statement, *signature).ok())
      note(stem + ".txt", "is not what its key signed");
    return Json{{"statement", stem + ".txt"},
                {"signature", stem + ".sig"},
                {"key", stem + ".pem"},
                {"alg", name_of(key->alg)},
                {"record", id_of(record)}};
  }

  Result<void> add_signature(const Json& signature) {
    if (text_in(signature, "statement").empty()) {
      // Signatures of before papers were sealed have none.
      note("signature " + id_of(signature), "has no statement of a device");
      return success();
    }
    const std::string stem = "signature-" + std::to_string(++numbers_["signature"]);
    DAYBOOK_ASSIGN(auto entry, add_statement(stem, signature, "device_key", "device_signature"));
    const auto paper = paper_of_.find(text_in(signature, "content_hash"));
    entry["paper"] = paper == paper_of_.end() ? Json(nullptr) : Json(paper->second);
    if (paper == paper_of_.end()) note(stem + ".txt", "is about no paper that is here");
    DAYBOOK_ASSIGN(const auto strokes, strokes_in(signature));
    if (!strokes.empty()) {
      DAYBOOK_ASSIGN(made_.bundle[stem + ".strokes"], encode_strokes(strokes));
      made_.bundle[stem + ".svg"] = file_of(strokes_svg(strokes));
      entry["strokes"] = stem + ".strokes";
    }
    signatures_.push_back(std::move(entry));
    return success();
  }

  Result<void> add_anchor(const Json& anchor) {
    const std::string stem = "anchor-" + std::to_string(++numbers_["anchor"]);
    DAYBOOK_ASSIGN(auto entry, add_statement(stem, anchor, "server_key", "server_signature"));
    const auto paper = paper_of_.find(text_in(anchor, "content_hash"));
    entry["paper"] = paper == paper_of_.end() ? Json(nullptr) : Json(paper->second);
    anchors_.push_back(std::move(entry));
    return success();
  }

  void add_content(const std::string& digest, const Content& content) {
    const std::string name = "content-" + digest + ending_for(content.media_type);
    Json entry = {{"sha256", digest}, {"state", content.state}, {"file", nullptr}};
    if (content.bytes) {
      entry["file"] = name;
      made_.bundle[name] = *content.bytes;
      if (to_hex(sha256(*content.bytes).view()) != digest) note(name, "has another hash");
    }
    contents_.push_back(std::move(entry));
  }

  const Found& found_;
  const Schema& schema_;
  Made made_;
  std::map<std::string, int> numbers_;
  std::map<std::string, std::string> paper_of_;  // by content hash
  Json papers_ = Json::array(), signatures_ = Json::array(), anchors_ = Json::array(),
       contents_ = Json::array();
};

}  // namespace

std::vector<std::string> contents_named_in(const Found& found) {
  std::set<std::string> digests;
  const auto add_paper = [&](const FormParts& parts) {
    const auto form = decode_form(parts);
    if (!form.ok()) return;
    for (const auto& item : form->manifest) {
      if (is_file(*form, item)) digests.insert(to_hex(item.digest.view()));
    }
  };
  for (const auto& form : found.forms)
    add_paper(
        {bytes_in(form, "content"), bytes_in(form, "manifest"), bytes_in(form, "included_upto")});
  for (const auto& signature : found.signatures) {
    for (const char* name : {"image", "stamp_photo"}) {
      if (!text_in(signature, name).empty()) digests.insert(text_in(signature, name));
    }
  }
  return {digests.begin(), digests.end()};
}

std::vector<RecordRef> records_named_in(const Found& found) {
  std::set<RecordRef> all;
  for (const auto& [hash, form] : forms_standing(found)) {
    for (const auto& one : form.records) all.insert(one.record);
  }
  return {all.begin(), all.end()};
}

Result<Made> make_bundle(const Found& found, const Schema& schema) {
  return Maker(found, schema).run();
}

}  // namespace daybook::evidence
