// SPDX-License-Identifier: Apache-2.0
// `daybook evidence`: the signed papers of a visit as a bundle that outsiders check, and the check.
#include <filesystem>
#include <iostream>

#include "core/base/hex.hpp"
#include "core/base/percent.hpp"
#include "core/domain/catalog.hpp"
#include "tools/cli/command_groups.hpp"
#include "tools/cli/talk.hpp"
#include "tools/evidence/check.hpp"
#include "tools/evidence/make.hpp"

namespace daybook::cli {
namespace {

using evidence::Found;

constexpr std::uint64_t kPieceSize = 1 << 20;  // of one question
constexpr int kNotFound = 404;

bool is_archive(const std::string& path) {
  return path.size() > 4 && path.substr(path.size() - 4) == ".tar";
}

// Asks headquarters for everything that was signed about one visit.
class Collector {
 public:
  Collector(const Wish& wish, const Words& words)
      : wish_(wish), words_(words), talk_(wish, words) {}

  Ending collect(Found& found) {
    found.visit = wish_.id;
    using Part = std::pair<const char*, std::vector<Json>*>;
    for (const auto& [collection, into] :
         {Part("form", &found.forms), Part("survey", &found.surveys),
          Part("signature", &found.signatures), Part("anchor", &found.anchors),
          Part("approval", &found.approvals)}) {
      if (const Ending ending = records(collection, *into); ending != Ending::kGood) return ending;
    }
    for (auto& form : found.forms) {
      if (const Ending ending = as_the_book_has_it(form); ending != Ending::kGood) return ending;
      if (const Ending ending = first_copies(form, found); ending != Ending::kGood) return ending;
    }
    for (const auto& record : records_named_in(found)) {
      if (const Ending ending = standing(record, found); ending != Ending::kGood) return ending;
    }
    for (const auto& digest : contents_named_in(found)) {
      if (const Ending ending = content(digest, found); ending != Ending::kGood) return ending;
    }
    return service_form(found);
  }

 private:
  Ending records(const std::string& collection, std::vector<Json>& into) {
    const std::string path =
        "/api/records/" + collection + "?visit=" + percent_encoded(wish_.id) + "&limit=500";
    std::string after;
    do {
      Answer answer;
      const Ending ending = talk_.send(
          "GET", path + (after.empty() ? "" : "&after=" + percent_encoded(after)), {}, answer);
      if (ending != Ending::kGood) return ending;
      // Rules of the company's own need not know all of these.
      if (answer.status == kNotFound && collection != "form") return Ending::kGood;
      if (!answer.ok()) return refused(answer);
      for (auto& record : answer.json.at("records")) into.push_back(std::move(record));
      after = answer.json.at("next").is_string() ? answer.json["next"].get<std::string>() : "";
    } while (!after.empty());
    return Ending::kGood;
  }

  // Lists come from the reading copy; what is exported is what the book holds now.
  Ending as_the_book_has_it(Json& form) {
    const auto id = form.at("id").get<std::string>();
    Json json;
    const Ending ending =
        talk_.fetch("GET", "/api/records/form/" + id, std::nullopt, json, "form " + id);
    if (ending == Ending::kGood) form = std::move(json);
    return ending;
  }

  // What the phone's change set brought stands in the log, apart from the record. A log that
  // cannot be read takes nothing away from the record.
  Ending first_copies(const Json& form, Found& found) {
    const auto id = form.at("id").get<std::string>();
    for (const char* field : {"content", "manifest", "included_upto"}) {
      Answer answer;
      const Ending ending =
          talk_.send("GET", "/api/records/form/" + id + "/history/" + field, std::nullopt, answer);
      if (ending != Ending::kGood) return ending;
      if (!answer.ok()) continue;
      for (const auto& act : answer.json.at("history")) {
        for (const auto& entry : act.at("fields")) {
          if (!entry.contains("new") || !entry["new"].is_string()) continue;
          if (auto bytes = from_hex(entry["new"].get<std::string>()))
            found.first_copies[id + "." + field] = *std::move(bytes);
        }
      }
    }
    return Ending::kGood;
  }

  Ending standing(const RecordRef& record, Found& found) {
    Answer answer;
    const std::string id = to_string(record.id);
    const Ending ending =
        talk_.send("GET", "/api/records/" + record.collection + "/" + id, std::nullopt, answer);
    if (ending == Ending::kGood && answer.ok())
      found.standing[record.collection + " " + id] = std::move(answer.json);
    return ending;
  }

  Ending content(const std::string& digest, Found& found) {
    auto& content = found.contents[digest];
    content.state = "unknown";
    Json json;
    Ending ending = talk_.fetch("GET", "/api/attachments?digest=" + digest, std::nullopt, json);
    if (ending != Ending::kGood) return ending;
    for (const auto& one : json.at("attachments")) {
      content.state = one.at("state").get<std::string>();
      content.media_type = one.value("media_type", "");
    }
    if (content.state != "here") return Ending::kGood;
    Bytes bytes;
    for (std::uint64_t size = 1; bytes.size() < size;) {
      PartAnswer part;
      ending = talk_.fetch_part("/api/attachments/" + digest, bytes.size(),
                                bytes.size() + kPieceSize - 1, part);
      if (ending != Ending::kGood) return ending;
      bytes.insert(bytes.end(), part.bytes.begin(), part.bytes.end());
      size = part.bytes.empty() ? bytes.size() : part.size;
    }
    content.bytes = std::move(bytes);
    return Ending::kGood;
  }

  // For reading only: a server without the fonts for it exports evidence all the same.
  Ending service_form(Found& found) {
    TextAnswer paper;
    const std::string path = "/api/visits/" + percent_encoded(wish_.id) + "/form.pdf?lang=both";
    const Ending ending = talk_.fetch_text(path, paper, wish_.id);
    if (ending == Ending::kLine || ending == Ending::kLogin) return ending;
    if (ending == Ending::kGood) {
      found.service_form = copy_of(view_of(paper.text));
    } else {
      std::cerr << words_("Exported without the PDF.\n", "导出时没有PDF。\n");
    }
    return Ending::kGood;
  }

  Ending refused(const Answer& answer) {
    const auto error = answer.json.is_object() && answer.json.contains("error")
                           ? answer.json["error"]
                           : Json::object();
    return complain(sentence_of(words_, error, wish_.id), Ending::kRefused);
  }

  const Wish& wish_;
  const Words& words_;
  Talk talk_;
};

std::string line_of(const std::string& file, const std::string& what, const std::string& place) {
  return file + ": " + what + (place.empty() ? "" : ": " + place) + "\n";
}

Ending export_evidence(const Wish& wish, const Words& words) {
  Found found;
  const Ending ending = Collector(wish, words).collect(found);
  if (ending != Ending::kGood) return ending;
  if (found.signatures.empty() && found.forms.empty())
    return complain(words("nothing was signed about this visit", "这张服务单没有签名"),
                    Ending::kRefused);
  const auto schema = load_after_sales();
  if (!schema.ok()) return complain(to_string(schema.error()), Ending::kRefused);
  const auto made = evidence::make_bundle(found, *schema);
  if (!made.ok()) return complain(to_string(made.error()), Ending::kRefused);
  const auto written = is_archive(wish.out) ? evidence::write_tar(made->bundle, wish.out)
                                            : evidence::write_folder(made->bundle, wish.out);
  if (!written.ok()) return complain(to_string(written.error()), Ending::kUsage);
  std::cout << words("Evidence exported to ", "证据已导出到 ") << wish.out << " ("
            << made->bundle.size() << words(" files)\n", " 个文件)\n");
  for (const auto& note : made->notes)
    std::cerr << "daybook: " << line_of(note.file, note.what, note.place);
  for (const auto& note : made->since)
    std::cerr << "daybook: " << line_of(note.file, note.what, note.place);
  return made->notes.empty() ? Ending::kGood : Ending::kRefused;
}

Json json_of(const evidence::Checked& checked) {
  Json findings = Json::array();
  for (const auto& one : checked.findings)
    findings.push_back({{"file", one.file}, {"what", one.what}, {"place", one.place}});
  return {{"holds", checked.findings.empty()}, {"files", checked.files},
          {"papers", checked.papers},          {"signatures", checked.signatures},
          {"anchors", checked.anchors},        {"missing", checked.missing},
          {"findings", std::move(findings)}};
}

Ending verify_evidence(const Wish& wish, const Words& words) {
  std::error_code failed;
  const auto bundle = std::filesystem::is_directory(wish.file, failed)
                          ? evidence::read_folder(wish.file)
                          : evidence::read_tar(wish.file);
  if (!bundle.ok())
    return complain(to_string(bundle.error()),
                    bundle.error().code == Errc::kIo ? Ending::kUsage : Ending::kRefused);
  const auto checked = evidence::check_bundle(*bundle);
  if (wish.json) {
    std::cout << json_of(checked).dump(2) << "\n";
  } else if (checked.findings.empty()) {
    std::cout << words("It holds: ", "核验无误：") << checked.files
              << words(" files, ", " 个文件，") << checked.papers << words(" papers, ", " 份单据，")
              << checked.signatures << words(" signatures, ", " 个签名，") << checked.anchors
              << words(" receipts of headquarters\n", " 份公司收据\n");
    for (const auto& digest : checked.missing)
      std::cout << words("not in the bundle: ", "不在证据内：") << digest << "\n";
  } else {
    for (const auto& one : checked.findings) std::cout << line_of(one.file, one.what, one.place);
  }
  return checked.findings.empty() ? Ending::kGood : Ending::kRefused;
}

}  // namespace

void declare_evidence(CLI::App& app, Wish& wish, Command& chosen) {
  auto* group = app.add_subcommand("evidence", "What customers signed, for outsiders 签名证据");
  group->require_subcommand(1);
  auto* made = group->add_subcommand("export", "Everything signed about a visit 导出");
  made->add_option("visit", wish.id, "id of the visit")->required();
  made->add_option("-o,--out", wish.out, "a new folder, or an archive *.tar")->required();
  made->callback([&] { chosen = export_evidence; });
  auto* checked = group->add_subcommand("verify", "Whether a bundle is as it was made 核验");
  checked->add_option("bundle", wish.file, "the folder or the archive")->required();
  checked->callback([&] { chosen = verify_evidence; });
}

}  // namespace daybook::cli
