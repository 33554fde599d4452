// SPDX-License-Identifier: Apache-2.0
// `daybook form, paper`: documents as PDF files.
#include <cstdio>
#include <fstream>
#include <iostream>

#include "core/base/percent.hpp"
#include "tools/cli/command_groups.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

// Whole or not at all: a file that is there can be handed to the customer.
Ending save_paper(const Wish& wish, const Words& words, const std::string& path) {
  TextAnswer answer;
  const Ending ending =
      Talk(wish, words)
          .fetch_text(path + "?lang=" + percent_encoded(wish.paper_lang), answer, wish.id);
  if (ending != Ending::kGood) return ending;
  const std::string partial = wish.out + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << answer.text;
  file.close();
  if (!file || ::rename(partial.c_str(), wish.out.c_str()) != 0)
    return complain(words("cannot be written: ", "无法写入：") + wish.out, Ending::kUsage);
  std::cerr << words("Printed to ", "已打印到 ") << wish.out << " (" << answer.text.size()
            << words(" bytes)\n", " 字节)\n");
  return Ending::kGood;
}

void take_file_and_language(CLI::App& command, Wish& wish) {
  command.add_option("-o,--out", wish.out, "the PDF file")->required();
  command.add_option("--lang", wish.paper_lang, "of the paper: zh, en or both")
      ->capture_default_str()
      ->check(CLI::IsMember({"zh", "en", "both"}));
}

}  // namespace

void declare_papers(CLI::App& app, Wish& wish, Command& chosen) {
  auto* form = app.add_subcommand("form", "The service form of a visit as PDF 打印服务单");
  form->add_option("visit", wish.id, "id of the visit")->required();
  take_file_and_language(*form, wish);
  form->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return save_paper(w, words, "/api/visits/" + percent_encoded(w.id) + "/form.pdf");
    };
  });
  auto* paper = app.add_subcommand("paper", "Any record as PDF: requisition, receipt 打印单据");
  paper->add_option("collection", wish.collection)->required();
  paper->add_option("id", wish.id)->required();
  take_file_and_language(*paper, wish);
  paper->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      return save_paper(w, words,
                        "/api/records/" + percent_encoded(w.collection) + "/" +
                            percent_encoded(w.id) + "/paper.pdf");
    };
  });
}

}  // namespace daybook::cli
