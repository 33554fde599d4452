// SPDX-License-Identifier: Apache-2.0
// The operator's commands of daybookd: doctor, verify, drill, migrate. Each prints what it found,
// in English or Chinese, and returns the exit code: 0 well, 1 look at it, 2 bad. Called by main.
#pragma once

#include <string>

#include "sync-server/app/config.hpp"

namespace daybook {

// By LC_ALL, LC_MESSAGES, LANG.
bool speaks_chinese();

int run_doctor(const Config& config, bool quick, bool json);
int run_verify(const std::string& backup);
int run_drill(const Config& config, const std::string& backup);
int run_migrate(const Config& config, bool dry);

}  // namespace daybook
