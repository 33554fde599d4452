// SPDX-License-Identifier: Apache-2.0
// What the system answered, as an Error. For the files of this room that call it. Any thread.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace daybook {

// `reason` is an errno. "write uploads/x: No space left on device".
Error system_failure(int reason, const char* what, const std::string& name);

}  // namespace daybook
