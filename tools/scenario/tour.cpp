// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/tour.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "tools/scenario/run.hpp"
#include "tools/scenario/script/script.hpp"

namespace daybook::scenario {
namespace {

namespace fs = std::filesystem;

constexpr int kCannotBeFollowed = 2;

// 0: not the name of a row's story.
int row_of(const fs::path& file) {
  const std::string name = file.filename().string();
  int row = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), row);
  const bool numbered =
      read.ec == std::errc() && read.ptr < name.data() + name.size() && *read.ptr == '-';
  return numbered && file.extension() == ".txt" ? row : 0;
}

// A row may have more than one file.
std::multimap<int, fs::path> stories_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::multimap<int, fs::path> stories;
  for (const auto& file : files) {
    if (const int row = row_of(file); row > 0) stories.emplace(row, file);
  }
  return stories;
}

int no_stories(const fs::path& folder, Language language, std::ostream& out) {
  out << (language == Language::kChinese ? "没有场景：" : "no stories in ") << folder.string()
      << (language == Language::kChinese ? "。请用 --stories 指明目录。\n"
                                         : ". Name their folder with --stories.\n");
  return kCannotBeFollowed;
}

}  // namespace

fs::path find_tour(const fs::path& program) {
  for (const fs::path& folder :
       {program.parent_path() / "../share/daybook/tour", fs::path("tests/scenarios/rows")}) {
    std::error_code gone;
    if (fs::is_directory(folder, gone)) return folder.lexically_normal();
  }
  return {};
}

int list_tour(const fs::path& stories, Language language, std::ostream& out) {
  const auto found = stories_in(stories);
  if (found.empty()) return no_stories(stories, language, out);
  const bool chinese = language == Language::kChinese;
  for (const auto& [row, file] : found) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    try {
      for (const auto& scenario : read_scenarios(text.str(), file.string())) {
        out << (row < 10 ? " " : "") << row << "  "
            << (chinese ? scenario.title_zh : scenario.title_en) << "\n";
      }
    } catch (const Mistake& mistake) {
      out << file.string() << ":" << mistake.line << ": " << mistake.what() << "\n";
      return kCannotBeFollowed;
    }
  }
  out << (chinese
              ? "\ndaybook tour 13 讲第13项；daybook tour all 逐项讲。\n"
              : "\ndaybook tour 13 tells the story of row 13; daybook tour all tells them all.\n");
  return 0;
}

int play_tour(const fs::path& stories, const std::vector<int>& rows, Language language,
              std::ostream& out) {
  const auto found = stories_in(stories);
  if (found.empty()) return no_stories(stories, language, out);
  RunOptions options;
  options.language = language;
  const auto take = [&](auto from, auto to) {
    for (; from != to; ++from) options.paths.push_back(from->second.string());
  };
  for (const int row : rows) {
    const auto [from, to] = found.equal_range(row);
    if (from == to) {
      out << (language == Language::kChinese ? "没有这一项的场景：" : "no story of row ") << row
          << "\n";
      return kCannotBeFollowed;
    }
    take(from, to);
  }
  if (rows.empty()) take(found.begin(), found.end());
  return run_scenarios(options, out);
}

}  // namespace daybook::scenario
