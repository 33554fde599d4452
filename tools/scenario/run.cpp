// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/run.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/domain/catalog.hpp"
#include "core/schema/load.hpp"
#include "tools/scenario/world.hpp"

namespace daybook::scenario {
namespace {

namespace fs = std::filesystem;

struct Played {
  std::string name, title;
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // why it is pending
  std::string found;   // "file:12: expected …"
};

std::string read_file(const fs::path& path, int line) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in.good()) throw Mistake(line, "expected a file that can be read, found " + path.string());
  return text.str();
}

// Of a page (.md) its examples, fenced as ```scenario; each other line is left empty, so that
// mistakes are found by their line.
std::string scenarios_in(const fs::path& file) {
  std::string text = read_file(file, 1);
  if (file.extension() != ".md") return text;
  std::istringstream page(text);
  std::string examples;
  bool within = false;
  for (std::string line; std::getline(page, line);) {
    const bool fence = line.starts_with("```");
    if (within && !fence) examples += line;
    if (fence) within = !within && line == "```scenario";
    examples += "\n";
  }
  return examples;
}

// The files that were named; of a folder its scenarios, in the order of their names.
std::vector<fs::path> files_of(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt")
        files.push_back(entry.path());
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

Rules rules_of(const Scenario& scenario) {
  const fs::path folder = fs::path(scenario.file).parent_path();
  Rules rules;
  auto office =
      scenario.schema.empty()
          ? load_after_sales()
          : load_schema(read_file(folder / scenario.schema, scenario.line), scenario.schema);
  if (!office.ok()) throw Mistake(scenario.line, to_string(office.error()));
  rules.office = *std::move(office);
  for (const auto& technician : scenario.technicians) {
    if (technician.schema.empty()) continue;
    std::string text = read_file(folder / technician.schema, scenario.line);
    const auto loaded = load_schema(text, technician.schema);
    if (!loaded.ok()) throw Mistake(scenario.line, to_string(loaded.error()));
    rules.phones[technician.name] = std::move(text);
  }
  return rules;
}

std::string place(const Scenario& scenario, int line, const std::string& what) {
  return scenario.file + ":" + std::to_string(line) + ": " + what;
}

Played play(const Scenario& scenario, Story& story) {
  const bool pending = !scenario.pending.empty();
  Played played{scenario.name,
                story.both(scenario.title_en, scenario.title_zh),
                Outcome::kPassed,
                scenario.pending,
                {}};
  if (scenario.steps.empty()) {
    played.outcome = pending ? Outcome::kUnwritten : Outcome::kMistaken;
    if (!pending) played.found = place(scenario, scenario.line, "expected at least one act");
    return played;
  }
  try {
    World(scenario, rules_of(scenario), story).run();
    if (pending) played.outcome = Outcome::kUnmarked;
  } catch (const Unmet& unmet) {
    played.outcome = pending ? Outcome::kPending : Outcome::kFailed;
    played.found = place(scenario, unmet.line, unmet.what());
  } catch (const Mistake& mistake) {
    played.outcome = Outcome::kMistaken;
    played.found = place(scenario, mistake.line, mistake.what());
  }
  return played;
}

std::string ending_of(const Played& played, const Story& story) {
  switch (played.outcome) {
    case Outcome::kPassed: return story.both("holds", "成立");
    case Outcome::kFailed: return story.both("FAILED ", "失败 ") + played.found;
    case Outcome::kPending:
      return story.both("PENDING: ", "待办：") + played.reason + " (" + played.found + ")";
    case Outcome::kUnwritten:
      return story.both("PENDING, not written yet: ", "待办，尚未写出：") + played.reason;
    case Outcome::kUnmarked:
      return story.both("FAILED: it is marked pending and holds; take the mark away",
                        "失败：标为待办却已成立，请去掉标记");
    case Outcome::kMistaken: return story.both("MISTAKEN ", "写错 ") + played.found;
  }
  return {};
}

// Plays one and tells its story at once, or, when brief, only if it goes wrong.
Played play_and_tell(const Scenario& scenario, const RunOptions& options, std::ostream& out) {
  std::ostringstream told;
  Story story(options.brief ? static_cast<std::ostream&>(told) : out, options.language);
  Played played = play(scenario, story);
  const bool wrong = played.outcome == Outcome::kFailed || played.outcome == Outcome::kMistaken;
  if (options.brief && wrong) out << told.str();
  out << played.name << "  " << (options.brief ? played.title + "  " : "")
      << ending_of(played, story) << "\n";
  return played;
}

std::size_t count(const std::vector<Played>& all, Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Played& played) { return played.outcome == outcome; }));
}

void tell_sum(const std::vector<Played>& all, const Story& story, std::ostream& out) {
  const std::size_t wrong = count(all, Outcome::kFailed) + count(all, Outcome::kUnmarked);
  const std::size_t pending = count(all, Outcome::kPending) + count(all, Outcome::kUnwritten);
  out << story.both("\nScenarios: ", "\n场景：") << count(all, Outcome::kPassed)
      << story.both(" hold, ", " 个成立，") << wrong << story.both(" failed, ", " 个失败，")
      << count(all, Outcome::kMistaken) << story.both(" mistaken, ", " 个写错，") << pending
      << story.both(" PENDING\n", " 个待办\n");
  if (pending == 0) return;
  out << story.both("\n!! PENDING: what these demand does not hold yet\n",
                    "\n!! 待办：以下场景的要求尚未成立\n");
  for (const auto& played : all) {
    if (played.outcome == Outcome::kPending || played.outcome == Outcome::kUnwritten)
      out << "!!  " << played.name << "  " << played.title << "\n!!       " << played.reason
          << "\n";
  }
}

}  // namespace

int run_scenarios(const RunOptions& options, std::ostream& out) {
  std::vector<Played> all;
  for (const auto& file : files_of(options.paths)) {
    try {
      for (const auto& scenario : read_scenarios(scenarios_in(file), file.string()))
        all.push_back(play_and_tell(scenario, options, out));
    } catch (const Mistake& mistake) {
      all.push_back({file.string(), {}, Outcome::kMistaken, {}, {}});
      out << file.string() << ":" << mistake.line << ": " << mistake.what() << "\n";
    }
  }
  const Story story(out, options.language);
  tell_sum(all, story, out);
  if (all.empty() || count(all, Outcome::kMistaken) > 0) return 2;
  return count(all, Outcome::kFailed) + count(all, Outcome::kUnmarked) > 0 ? 1 : 0;
}

}  // namespace daybook::scenario
