// SPDX-License-Identifier: Apache-2.0
// Answers of the API as tables and paragraphs for people. Pure: text in, text out, so that tests
// can read it.
#pragma once

#include <string>

#include "tools/cli/words.hpp"

namespace daybook::cli {

std::string print_users(const Words& words, const Json& json);
std::string print_devices(const Words& words, const Json& json);
std::string print_records(const Words& words, const Json& json);
std::string print_record(const Words& words, const Json& json);
// What is missing and what warns, a line each; of an act of the rules.
std::string sayings_of(const Words& words, const Json& json);
std::string print_receipt(const Words& words, const Json& json);
std::string print_history(const Words& words, const Json& json);
std::string print_cases(const Words& words, const Json& json);
std::string print_case(const Words& words, const Json& json);
std::string print_parked(const Words& words, const Json& json);
std::string print_alike_outcome(const Words& words, const Json& json);
std::string print_seen(const Words& words, const Json& json);
std::string print_story(const Words& words, const Json& json);
std::string print_backup(const Words& words, const Json& json);
std::string print_backups(const Words& words, const Json& json);
std::string print_tokens(const Words& words, const Json& json);
std::string print_token(const Words& words, const Json& json);
std::string print_webhooks(const Words& words, const Json& json);
std::string print_webhook(const Words& words, const Json& json);
std::string print_sql(const Words& words, const Json& json);
std::string print_log_level(const Words& words, const Json& json);
std::string print_reloaded(const Words& words, const Json& json);
std::string print_status(const Words& words, const Json& json);

// A member of an answer. A server of another version may leave something out: then it is null, and
// nothing breaks.
const Json& at(const Json& json, const char* name);
std::string text_at(const Json& json, const char* name);

}  // namespace daybook::cli
