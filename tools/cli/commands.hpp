// SPDX-License-Identifier: Apache-2.0
// The commands of `daybook`, one for each question that headquarters asks: what to send, and how to
// show the answer. Declared to CLI11 here, run by main. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/words.hpp"

namespace daybook::cli {

// What the command line asked for; every command fills a part of it.
struct Wish {
  std::string lang;
  bool json = false;
  std::string server, pin, user, password_file;
  std::string actor, role, display_name;
  std::string organisation;  // an account's, by code or id
  bool head_office = false;  // no longer bound to one
  bool oidc = false;         // log in by the organisation's own page
  bool no_password = false, activate = false, deactivate = false;
  std::string collection, id, field, after, kind, state = "open", choice, reason, value;
  std::string to, text;            // whom a case goes to; a question or an answer
  bool mine = false;               // only what this person has in hand
  bool create = false;             // a repair makes the record
  std::vector<std::string> pairs;  // field=text or field:=json
  std::vector<std::string> files;
  std::uint64_t number = 0, limit = 0;
  std::int64_t seen = -1;
  std::string label, scopes, url, collections, sql, format = "csv", out, level;
  std::uint64_t days = 365;
  bool follow = false;
  std::vector<std::string> paths;  // of scenarios
  bool brief = false;
  std::vector<std::string> rows;    // of the tour
  std::string paper_lang = "both";  // of a printed document
  std::string file, key;            // what is imported, and the fields by which records are known
  bool dry_run = false, exact = false;
  std::string month, org;  // of a month report
};

// How a command ends; the process's exit code.
enum class Ending { kGood = 0, kRefused = 1, kUsage = 2, kLogin = 3, kLine = 4 };

using Command = std::function<Ending(const Wish& wish, const Words& words)>;

// Adds every command to `app`; `chosen` is the one that was named once the line is parsed.
void declare_commands(CLI::App& app, Wish& wish, Command& chosen);

// "address=Long Street 1", "priority:=2", "phones:=[\"1\"]" as one JSON object; the error is the
// pair that is neither.
struct PairError {
  std::string pair;
};
std::optional<PairError> read_pairs(const std::vector<std::string>& pairs, Json& into);

}  // namespace daybook::cli
