// SPDX-License-Identifier: Apache-2.0
#include "tools/phone/desk.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

namespace daybook::phone {
namespace {

std::vector<Command> all_commands() {
  std::vector<Command> all = capture_commands();
  for (const auto& more :
       {office_commands(), attachment_commands(), form_commands(), script_commands()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

void Desk::tell(const Json& answer, const std::string& zh, const std::string& en) {
  tell_lines(answer, say(zh, en) + "\n");
}

void Desk::tell_lines(const Json& answer, const std::string& text) {
  if (prints_json_) {
    std::cout << answer.dump() << std::endl;
  } else {
    std::cout << text << std::flush;
  }
}

std::string Desk::type_of(const std::string& collection, const std::string& field) {
  const Json schema = Json::parse(phone_.schema());
  const auto& collections = schema.at("collections");
  if (!collections.contains(collection)) return {};
  const auto& fields = collections.at(collection).at("fields");
  return fields.contains(field) ? fields.at(field).value("type", "") : std::string();
}

void Desk::run(const Words& words) {
  static const std::vector<Command> commands = all_commands();
  for (const Command& command : commands) {
    if (command.name != words.front()) continue;
    if (words.size() <= command.words_min) {
      throw Complaint("usage: " + std::string(command.name) + " " + std::string(command.arguments));
    }
    return command.run(*this, words);
  }
  throw Complaint("no command '" + words.front() + "'; there are:\n" + list_of_commands());
}

bool Desk::run_line(std::string_view line) {
  const Words words = split_line(line, variables_);
  if (words.empty()) return false;
  run(words);
  return true;
}

std::string read_input(const std::string& file_or_text) {
  if (!file_or_text.empty() && (file_or_text.front() == '{' || file_or_text.front() == '['))
    return file_or_text;
  std::ifstream file(file_or_text, std::ios::binary);
  if (!file) throw Complaint("cannot open " + file_or_text);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::int64_t now_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             system_clock::now().time_since_epoch())
      .count();
}

std::string list_of_commands() {
  std::string text;
  for (const Command& command : all_commands()) {
    text += "  " + std::string(command.name) + " " + std::string(command.arguments) + "\n";
  }
  return text;
}

}  // namespace daybook::phone
