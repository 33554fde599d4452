// SPDX-License-Identifier: Apache-2.0
// `daybook`, headquarters' command line: a client of the HTTPS API, and the player of scenarios,
// which need no server. Exit codes: 0 done, 1 refused by the server (or a scenario failed), 2 wrong
// usage, 3 not logged in, 4 no line to the server.
#include <cstdlib>
#include <string>

#include "tools/cli/commands.hpp"

namespace {

std::string language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace daybook::cli;
  CLI::App app{"Daybook, headquarters' command line 总部命令行", "daybook"};
  Wish wish;
  Command chosen;
  declare_commands(app, wish, chosen);
  CLI11_PARSE(app, argc, argv);
  const Words words{tongue_of(wish.lang, language_of_environment())};
  return static_cast<int>(chosen ? chosen(wish, words) : Ending::kUsage);
}
