// SPDX-License-Identifier: Apache-2.0
// `daybook tour`: the systems of after-sales service, one story each, in the order of our table of
// systems; a file is called by its row ("13-listen_look_inspect.txt"). Listed, or played and told.
// Called by the command line. Single-threaded.
#pragma once

#include <filesystem>
#include <ostream>
#include <vector>

#include "core/merge/describe.hpp"

namespace daybook::scenario {

// The stories of an installation: beside the program, or in a checkout that one stands in. Empty:
// neither is there.
std::filesystem::path find_tour(const std::filesystem::path& program);

// Exit codes of run_scenarios(). A folder without stories, or a file that cannot be read: 2.
int list_tour(const std::filesystem::path& stories, Language language, std::ostream& out);
// The stories of these rows; one that has no story is said and ends with 2.
int play_tour(const std::filesystem::path& stories, const std::vector<int>& rows, Language language,
              std::ostream& out);

}  // namespace daybook::scenario
