// SPDX-License-Identifier: Apache-2.0
// Holds a change set against the schema. commit() on the phone calls it before it acknowledges; the
// server calls it again and parks what does not fit. Pure.
#pragma once

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// `strict` (the phone's own new sets): unknown collections, fields and enumerated values are
// refused. Not strict (the server, which may meet newer or older apps): unknown fields and values
// are let through and preserved, only what cannot be handled is refused. Errors name the place:
// "changes[2].edits[0].qty".
Result<void> check_against(const Schema& schema, const Body& body, bool strict);

// What an act is given: types, limits, and what it cannot do without. Errors name
// "arguments.serial".
Result<void> check_arguments(const ActSchema& act, const Fields& arguments);

}  // namespace daybook
