// SPDX-License-Identifier: Apache-2.0
// `daybook scenario …`: stories that are played here.
#include "tools/cli/command_groups.hpp"

#include <iostream>

#include "tools/scenario/run.hpp"

namespace daybook::cli {

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
      if (words.tongue == Tongue::kChinese) options.language = Language::kChinese;
      return static_cast<Ending>(scenario::run_scenarios(options, std::cout));
    };
  });
}

}  // namespace daybook::cli
