// SPDX-License-Identifier: Apache-2.0
// How a password reaches the program: typed without echo, or from a file; never as an argument,
// where everybody on the machine could read it.
#pragma once

#include <string>

#include "core/base/result.hpp"

namespace daybook::cli {

// From the terminal when `file` is empty. The first line, without its end.
Result<std::string> read_password(const std::string& file, const std::string& prompt);

}  // namespace daybook::cli
