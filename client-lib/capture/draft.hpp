// SPDX-License-Identifier: Apache-2.0
// The body of a set before it is sealed: what the view showed, from which base, what is claimed,
// what it builds upon. Reads the store, writes nothing. Used by capture.cpp only.
#pragma once

#include <map>

#include "client-lib/capture/capture.hpp"

namespace daybook {

// A record that the set writes or claims, as the view shows it before the set.
struct Touched {
  std::optional<ViewRow> row;
  std::optional<ShadowRow> shadow;
};

struct Draft {
  Body body;
  std::map<RecordRef, Touched> touched;
};

Result<Draft> draft_set(LocalStore& store, const CaptureContext& context, const CommitInput& input);

// The base of what the view shows in a field: while an unsettled own set covers it, the base that
// set had, because nobody here has seen anything newer.
Base base_of_field(const Touched& touched, const std::string& field, const EpochId& view_epoch);

// Adds the claims of the pivot events that the body's changes make happen, and of the groups that
// they edit.
Result<void> add_claims(LocalStore& store, const CaptureContext& context, Draft& draft);

}  // namespace daybook
