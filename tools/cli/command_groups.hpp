// SPDX-License-Identifier: Apache-2.0
// The groups of commands, each declared to CLI11 by the file of its name (<group>_commands.cpp).
// One thread.
#pragma once

#include "tools/cli/commands.hpp"

namespace daybook::cli {

// An act of the rules, done at headquarters.
void declare_acts(CLI::App& app, Wish& wish, Command& chosen);
// What sets name and what of it is here, the bytes as a file, and removal for privacy.
void declare_attachments(CLI::App& app, Wish& wish, Command& chosen);
// A support engineer's day, each task one command (docs/support.md).
void declare_conflicts(CLI::App& app, Wish& wish, Command& chosen);
// The signed papers of a visit as a bundle that outsiders check, and the check.
void declare_evidence(CLI::App& app, Wish& wish, Command& chosen);
// Other machines and the running server: tokens, webhooks, feed, export, SQL, metrics, log level,
// reload.
void declare_machines(CLI::App& app, Wish& wish, Command& chosen);
// Service forms, requisitions and receipts as PDF files.
void declare_papers(CLI::App& app, Wish& wish, Command& chosen);
// Spreadsheets into the book.
void declare_imports(CLI::App& app, Wish& wish, Command& chosen);
// What a month was like, from the reports' SQL.
void declare_months(CLI::App& app, Wish& wish, Command& chosen);
// Rule sets as files, checked and compared without a server; and what the server answers of them.
void declare_rules(CLI::App& app, Wish& wish, Command& chosen);
void declare_rule_desk(CLI::App& rules, Wish& wish, Command& chosen);
// Stories that are played here, without a server.
void declare_scenarios(CLI::App& app, Wish& wish, Command& chosen);

}  // namespace daybook::cli
