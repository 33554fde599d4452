// SPDX-License-Identifier: Apache-2.0
// `daybook scenario run`: reads files, plays every scenario in them, tells the stories and counts.
// Called by the command line and by tests. Single-threaded.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/merge/describe.hpp"

namespace daybook::scenario {

struct RunOptions {
  std::vector<std::string>
      paths;  // stories, pages with stories (.md), or folders: then every .txt in them
  Language language = Language::kEnglish;
  bool brief = false;  // tells only the stories that go wrong
};

enum class Outcome {
  kPassed,
  kFailed,     // something is not as it must be
  kPending,    // said to be pending, and indeed does not hold
  kUnwritten,  // pending without an act: nothing was played
  kUnmarked,   // said to be pending, and holds: the mark must go
  kMistaken,   // cannot be followed
};

// All of them as they must be, or pending: 0. Something failed, or holds that is marked pending: 1.
// A file that cannot be read or followed: 2.
int run_scenarios(const RunOptions& options, std::ostream& out);

}  // namespace daybook::scenario
