// SPDX-License-Identifier: Apache-2.0
// A sealed paper for people's eyes: as JSON that anybody's program reads and that follows from the
// signed bytes alone, and as text with the names that the trade uses. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/domain/signature/sealed_form.hpp"
#include "core/schema/schema.hpp"

namespace daybook::evidence {

using Json = nlohmann::ordered_json;

// As the API of headquarters writes it.
Json json_of(const Value& value);

// Everything that the signed bytes say, and their three parts once more as hex: a second copy, from
// which it can be told what was changed in the first.
std::string paper_json(const FormParts& parts, const SealedForm& form);
// The signed bytes put together from what paper_json() wrote. An error when it did not write it.
Result<Bytes> signed_bytes_in(std::string_view paper_json);

// Chinese and English. `schema` gives the fields their labels; what it does not know keeps its
// name.
std::string paper_text(const SealedForm& form, const Digest& hash, const Schema& schema);

}  // namespace daybook::evidence
