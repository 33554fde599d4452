// SPDX-License-Identifier: Apache-2.0
// Views and acts as people compare them: each part of an act by its name, in the words of the
// schema file. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/schema/schema.hpp"

namespace daybook {

// "both: select …", its blanks drawn together.
std::string to_string(const ViewSchema& view);

// "by", "takes", "requires", "creates", "sets" with what stands there; empty where nothing does.
std::vector<std::pair<std::string, std::string>> parts_of(const ActSchema& act);

}  // namespace daybook
