// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/check.hpp"

#include <algorithm>
#include <initializer_list>

#include "core/base/hex.hpp"
#include "core/crypto/openssl_files.hpp"
#include "core/crypto/sha256.hpp"
#include "core/domain/signature/form_place.hpp"
#include "core/domain/signature/statement.hpp"
#include "core/model/strokes.hpp"
#include "tools/evidence/paper_text.hpp"
#include "tools/evidence/readme.hpp"
#include "tools/evidence/strokes_svg.hpp"

namespace daybook::evidence {
namespace {

constexpr const char* kManifest = "manifest.json";

std::string hash_of(BytesView bytes) { return to_hex(sha256(bytes).view()); }

// "form-1.signed" → "form-1"
std::string stem_of(const std::string& file) { return file.substr(0, file.rfind('.')); }

std::string text_in(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The first place where two JSON texts say something else: "records/2/values/cause".
std::string difference_of(const std::string& wanted, std::string_view held) {
  const Json a = Json::parse(wanted, nullptr, false), b = Json::parse(held, nullptr, false);
  if (b.is_discarded()) return "";
  const Json patch = Json::diff(a, b);
  return patch.empty() ? "" : patch.front().at("path").get<std::string>().substr(1);
}

class Checker {
 public:
  explicit Checker(const Bundle& bundle) : bundle_(bundle) {}

  Checked run() {
    checked_.files = bundle_.size();
    checked_.findings = check_sums(bundle_);
    const Json manifest = Json::parse(text(kManifest), nullptr, false);
    if (!is_named(kManifest) && !has_shape(manifest)) add(kManifest, "cannot be read");
    // A list of contents that was changed itself accuses nobody.
    if (!is_named(kManifest)) look_inside(manifest);
    return std::move(checked_);
  }

 private:
  const Bytes* find(const std::string& name) const {
    const auto found = bundle_.find(name);
    return found == bundle_.end() ? nullptr : &found->second;
  }
  BytesView bytes(const std::string& name) const {
    const auto* found = find(name);
    return found == nullptr ? BytesView{} : BytesView(*found);
  }
  std::string_view text(const std::string& name) const { return text_of(bytes(name)); }

  bool is_named(const std::string& file) const {
    return std::any_of(checked_.findings.begin(), checked_.findings.end(),
                       [&](const Finding& one) { return one.file == file; });
  }
  bool any_named(std::initializer_list<std::string> files) const {
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& file) { return is_named(file); });
  }
  void add(const std::string& file, std::string what, std::string place = {}) {
    const Finding finding{file, std::move(what), std::move(place)};
    // What says where takes the place of what says only that.
    for (auto& one : checked_.findings) {
      if (one.file == file && one.what == finding.what && one.place.empty()) {
        one.place = finding.place;
        return;
      }
    }
    if (std::find(checked_.findings.begin(), checked_.findings.end(), finding) ==
        checked_.findings.end())
      checked_.findings.push_back(finding);
  }

  static bool has_shape(const Json& manifest) {
    if (!manifest.is_object() || !manifest.contains("visit") || !manifest["visit"].is_string())
      return false;
    const auto all_have = [&](const char* list, std::initializer_list<const char*> names) {
      const auto found = manifest.find(list);
      if (found == manifest.end() || !found->is_array()) return false;
      return std::all_of(found->begin(), found->end(), [&](const Json& one) {
        return one.is_object() && std::all_of(names.begin(), names.end(), [&](const char* name) {
                 return one.contains(name) && one[name].is_string();
               });
      });
    };
    return all_have("papers", {"file", "content_hash"}) &&
           all_have("signatures", {"statement", "signature", "key", "alg"}) &&
           all_have("anchors", {"statement", "signature", "key", "alg"}) &&
           all_have("contents", {"sha256", "state"}) &&
           std::all_of(manifest["contents"].begin(), manifest["contents"].end(),
                       [](const Json& one) { return one.contains("file"); });
  }

  void look_inside(const Json& manifest) {
    for (const auto& paper : manifest["papers"]) look_at_paper(paper);
    for (const auto& signature : manifest["signatures"]) {
      look_at_statement(signature, kSignatureStatement);
      look_at_signature(signature);
    }
    for (const auto& anchor : manifest["anchors"]) look_at_statement(anchor, kAnchorStatement);
    checked_.papers = manifest["papers"].size();
    checked_.signatures = manifest["signatures"].size();
    checked_.anchors = manifest["anchors"].size();
    for (const auto& content : manifest["contents"]) look_at_content(content);
    if (!is_named("README.txt") && text("README.txt") != readme_of(manifest))
      add("README.txt", "changed");
  }

  void look_at_paper(const Json& paper) {
    const std::string file = text_in(paper, "file"), json = stem_of(file) + ".json";
    const std::string wanted = text_in(paper, "content_hash");
    if (find(file) == nullptr) return add(file, "missing");
    if (hash_of(bytes(file)) != wanted) return name_changed_fields(file, json, wanted);
    const auto parts = split_signed_bytes(bytes(file));
    const auto form = parts.ok() ? decode_form(*parts) : Result<SealedForm>(parts.error());
    if (!form.ok()) return add(file, "cannot be read", form.error().field);
    const std::string derived = paper_json(*parts, *form);
    if (text(json) != derived) add(json, "changed", difference_of(derived, text(json)));
    for (const auto& item : form->manifest) promised_.emplace_back(to_hex(item.digest.view()));
  }

  // The second copy in the JSON file, where it is the one that was signed, tells what the first
  // said.
  void name_changed_fields(const std::string& file, const std::string& json,
                           const std::string& wanted) {
    const auto whole = signed_bytes_in(text(json));
    if (!whole.ok() || hash_of(*whole) != wanted) return add(file, "changed");
    const auto places = changed_places(*whole, bytes(file));
    if (!places.ok()) return add(file, "changed");
    for (const auto& place : *places) add(file, "changed", place);
  }

  void look_at_statement(const Json& entry, std::string_view first_line) {
    const std::string statement = text_in(entry, "statement"), mark = text_in(entry, "signature"),
                      key = text_in(entry, "key");
    if (any_named({statement, mark, key})) return;
    if (!verify_files(text(key), bytes(statement), bytes(mark)).ok())
      return add(statement, "is not what " + key + " signed");
    const auto read = read_statement(text(statement), first_line);
    if (!read.ok()) return add(statement, "cannot be read", read.error().field);
    const std::string paper = text_in(entry, "paper");
    if (!paper.empty() && !is_named(paper) && read->find("content_hash") != hash_of(bytes(paper)))
      add(paper, "is not what " + statement + " names", "content_hash");
  }

  void look_at_signature(const Json& entry) {
    const std::string statement = text_in(entry, "statement"), pen = text_in(entry, "strokes");
    const auto read = read_statement(text(statement));
    if (!read.ok() || is_named(statement)) return;
    const auto drawn = read->find("strokes_sha256");
    if (!drawn.empty() && !is_named(pen) && hash_of(bytes(pen)) != drawn)
      add(pen.empty() ? statement : pen, "is not what was drawn", "strokes_sha256");
    const auto strokes = decode_strokes(bytes(pen));
    const std::string picture = stem_of(statement) + ".svg";
    if (!pen.empty() && strokes.ok() && !is_named(pen) && !is_named(picture) &&
        text(picture) != strokes_svg(*strokes))
      add(picture, "changed");
    for (const char* name : {"image_sha256", "stamp_photo_sha256"}) {
      if (!read->find(name).empty()) promised_.emplace_back(read->find(name));
    }
  }

  void look_at_content(const Json& entry) {
    const std::string digest = text_in(entry, "sha256"), file = text_in(entry, "file");
    if (std::find(promised_.begin(), promised_.end(), digest) == promised_.end() &&
        checked_.findings.empty())
      add(kManifest, "names what nobody signed", digest);
    if (file.empty()) {
      checked_.missing.push_back(digest);
    } else if (!is_named(file) && hash_of(bytes(file)) != digest) {
      add(file, "has another hash than was signed");
    }
  }

  const Bundle& bundle_;
  Checked checked_;
  std::vector<std::string> promised_;  // digests that were signed
};

}  // namespace

Checked check_bundle(const Bundle& bundle) { return Checker(bundle).run(); }

}  // namespace daybook::evidence
