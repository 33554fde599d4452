// SPDX-License-Identifier: Apache-2.0
// `daybook scenario …`: stories that are played here.
#include "tools/cli/command_groups.hpp"

#include <charconv>
#include <filesystem>
#include <iostream>

#include "tools/scenario/run.hpp"
#include "tools/scenario/tour.hpp"

namespace daybook::cli {
namespace {

Language language_of(const Words& words) {
  return words.tongue == Tongue::kChinese ? Language::kChinese : Language::kEnglish;
}

Ending go_on_tour(const Wish& w, const Words& words) {
  std::error_code gone;
  const std::filesystem::path stories =
      w.paths.empty() ? scenario::find_tour(std::filesystem::read_symlink("/proc/self/exe", gone))
                      : std::filesystem::path(w.paths.front());
  const Language language = language_of(words);
  if (w.rows.empty()) return static_cast<Ending>(scenario::list_tour(stories, language, std::cout));
  std::vector<int> rows;
  for (const auto& text : w.rows) {
    if (text == "all") continue;
    int row = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), row);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
      std::cerr << "daybook tour: " << text
                << (language == Language::kChinese ? "：应为编号或 all\n"
                                                   : ": expected the number of a row, or all\n");
      return Ending::kUsage;
    }
    rows.push_back(row);
  }
  return static_cast<Ending>(scenario::play_tour(stories, rows, language, std::cout));
}

void declare_tour(CLI::App& app, Wish& wish, Command& chosen) {
  auto* tour = app.add_subcommand(
      "tour", "The systems of after-sales service, a story each, played here 逐项演示");
  tour->add_option("rows", wish.rows, "numbers of rows, or all; without any: the list");
  tour->add_option("--stories", wish.paths, "the folder of the stories")->expected(1);
  tour->callback([&chosen] { chosen = go_on_tour; });
}

}  // namespace

void declare_scenarios(CLI::App& app, Wish& wish, Command& chosen) {
  auto* scenario =
      app.add_subcommand("scenario", "Stories, played here by the real cores 场景演练");
  scenario->require_subcommand(1);
  auto* run = scenario->add_subcommand("run", "Play them and hold them to what they expect 运行");
  run->add_option("files", wish.paths, "files, or folders of them")->required();
  run->add_flag("--brief", wish.brief, "only the stories that go wrong");
  run->callback([&] {
    chosen = [](const Wish& w, const Words& words) {
      scenario::RunOptions options;
      options.paths = w.paths;
      options.brief = w.brief;
      options.language = language_of(words);
      return static_cast<Ending>(scenario::run_scenarios(options, std::cout));
    };
  });
  declare_tour(app, wish, chosen);
}

}  // namespace daybook::cli
