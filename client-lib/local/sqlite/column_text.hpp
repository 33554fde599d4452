// SPDX-License-Identifier: Apache-2.0
// Lists of texts and of references in a column: a JSON array of strings, so that host apps may use
// json_each(). Pure; reads back exactly what it writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/value.hpp"

namespace daybook {

std::string json_of_texts(const ValueList& texts);  // REQUIRES: texts only
std::optional<ValueList> texts_of_json(std::string_view json);

}  // namespace daybook
