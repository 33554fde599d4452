// SPDX-License-Identifier: Apache-2.0
// One open phone and what a command needs around it: language, output, variables. The commands are
// in *_commands.cpp, each a function of the desk and its words; desk.cpp finds them by name. One
// thread.
#pragma once

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client-lib/include/daybook/daybook.hpp"
#include "tools/phone/script.hpp"

namespace daybook::phone {

using Json = nlohmann::ordered_json;

class Desk {
 public:
  Desk(app::Phone& phone, std::string language, bool prints_json)
      : phone_(phone), language_(std::move(language)), prints_json_(prints_json) {}

  app::Phone& phone() { return phone_; }
  const std::string& language() const { return language_; }
  std::map<std::string, std::string>& variables() { return variables_; }

  // With --json, `answer` on one line; else the sentence of this language.
  void tell(const Json& answer, const std::string& zh, const std::string& en);
  void tell_lines(const Json& answer, const std::string& text);
  bool prints_json() const { return prints_json_; }
  std::string say(const std::string& zh, const std::string& en) const {
    return language_ == "zh" ? zh : en;
  }
  std::string sentence(const Json& object) const { return app::sentence(object.dump(), language_); }

  // The type of a field by the rules in force; empty when there is no such field.
  std::string type_of(const std::string& collection, const std::string& field);

  // Throws Complaint or app::Failure.
  void run(const Words& words);
  // A line, with its variables. False for an empty one.
  bool run_line(std::string_view line);

 private:
  app::Phone& phone_;
  const std::string language_;
  const bool prints_json_;
  std::map<std::string, std::string> variables_;
};

// A file, or the text itself where it begins with '{' or '['.
std::string read_input(const std::string& file_or_text);
std::int64_t now_ms();

struct Command {
  std::string_view name;
  std::string_view arguments;
  std::size_t words_min;  // after the name
  void (*run)(Desk&, const Words&);
};
std::vector<Command> capture_commands();
std::vector<Command> office_commands();
std::vector<Command> attachment_commands();
std::vector<Command> form_commands();
std::vector<Command> script_commands();
std::string list_of_commands();

}  // namespace daybook::phone
