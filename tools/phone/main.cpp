// SPDX-License-Identifier: Apache-2.0
// daybook-phone: a sample host app that people and tests drive from the command line. It knows
// Daybook through daybook.hpp alone; see README.md for its commands and scripts.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/phone/desk.hpp"

namespace {

using namespace daybook::phone;

struct Asked {
  std::string store;
  std::string script;
  std::string schema;
  std::string language = "en";
  bool json = false;
  bool keep_going = false;
  Words command;
};

void complain(Desk& desk, const std::string& where, const daybook::app::Failure& failure) {
  const Json error = {{"kind", "error"},
                      {"code", daybook_code_name(failure.code())},
                      {"field", failure.field()},
                      {"detail", failure.detail()}};
  if (desk.prints_json()) std::cout << error.dump() << std::endl;
  std::cerr << "daybook-phone: " << where << desk.sentence(error) << " [" << failure.what() << "]"
            << std::endl;
}

// One command with its troubles told. False when it failed.
template <class Run>
bool tried(Desk& desk, const std::string& where, Run&& run) {
  try {
    run();
    return true;
  } catch (const daybook::app::Failure& failure) {
    complain(desk, where, failure);
  } catch (const std::exception& complaint) {  // a Complaint, or JSON that is none
    std::cerr << "daybook-phone: " << where << complaint.what() << std::endl;
  }
  return false;
}

bool run_script(Desk& desk, std::istream& script, const Asked& asked) {
  std::string line;
  bool all_went_well = true;
  for (int number = 1; std::getline(script, line); ++number) {
    const std::string where = asked.script + ":" + std::to_string(number) + ": ";
    if (tried(desk, where, [&] { desk.run_line(line); })) continue;
    all_went_well = false;
    if (!asked.keep_going) return false;
  }
  return all_went_well;
}

bool run(const Asked& asked) {
  std::filesystem::create_directories(asked.store);
  const std::string schema = asked.schema.empty() ? std::string() : read_input(asked.schema);
  daybook::app::Phone phone((std::filesystem::path(asked.store) / "daybook.db").string(), schema);
  Desk desk(phone, asked.language, asked.json);
  if (asked.script.empty()) return tried(desk, "", [&] { desk.run(asked.command); });
  if (asked.script == "-") return run_script(desk, std::cin, asked);
  std::ifstream file(asked.script);
  if (!file) throw Complaint("cannot open " + asked.script);
  return run_script(desk, file, asked);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A phone on the command line: captures without network, and syncs.\n\nCommands:\n" +
               list_of_commands());
  Asked asked;
  app.add_option("--store", asked.store, "Folder of this phone; made when it is not there")
      ->required();
  app.add_option("--script", asked.script,
                 "Commands from a file, one a line; - reads them from standard input");
  app.add_option("--schema", asked.schema,
                 "Rules to begin with when it enrols (JSON file); default: the built-in ones");
  app.add_option("--lang", asked.language, "zh or en")->check(CLI::IsMember({"zh", "en"}));
  app.add_flag("--json", asked.json, "One line of JSON for each command");
  app.add_flag("--keep-going", asked.keep_going, "A line that fails does not end the script");
  // From the first word that is no option of ours on, everything belongs to the command.
  app.prefix_command();
  CLI11_PARSE(app, argc, argv);
  asked.command = app.remaining();
  if (asked.script.empty() == asked.command.empty()) {
    std::cerr << "daybook-phone: give either a command or --script\n" << list_of_commands();
    return 2;
  }
  try {
    return run(asked) ? 0 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "daybook-phone: " << failure.what() << "\n";
    return 1;
  }
}
