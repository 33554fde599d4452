// SPDX-License-Identifier: Apache-2.0
// JSON that an identity provider wrote: bounded in size and depth before a parser sees it, no name
// given twice. Milder than what people's programs may send us (a foreign document may hold
// fractions that nobody here looks at). Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace daybook {

using ForeignJson = nlohmann::json;

// An object. Errors name `what`.
Result<ForeignJson> read_foreign_json(std::string_view text, const char* what);

// A member as text, empty when it is missing, no text or longer than `size_max`.
std::optional<std::string> text_in(const ForeignJson& object, const std::string& name,
                                   std::size_t size_max);
// A whole number.
std::optional<std::int64_t> number_in(const ForeignJson& object, const std::string& name);
// A member that is a text or a list of texts; anything else in it is passed over.
std::vector<std::string> texts_in(const ForeignJson& object, const std::string& name);

}  // namespace daybook
