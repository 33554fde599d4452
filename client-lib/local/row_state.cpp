// SPDX-License-Identifier: Apache-2.0
// The names of row states, as host apps read them in the column _state.
#include "client-lib/local/local_store.hpp"

namespace daybook {

std::string_view name_of(RowState state) {
  switch (state) {
    case RowState::kOffice: return "";
    case RowState::kPending: return "pending";
    case RowState::kParked: return "parked";
    case RowState::kNoLongerYours: return "no_longer_yours";
  }
  return "";
}

std::string_view name_of(ContentState state) {
  switch (state) {
    case ContentState::kLoose: return "loose";
    case ContentState::kWaiting: return "waiting";
    case ContentState::kBrought: return "brought";
    case ContentState::kRefused: return "refused";
    case ContentState::kWanted: return "wanted";
    case ContentState::kFetched: return "fetched";
    case ContentState::kSafe: return "safe";
    case ContentState::kFreed: return "freed";
  }
  return "";
}

std::string_view name_of(ContentLine line) {
  switch (line) {
    case ContentLine::kAny: return "any";
    case ContentLine::kUnmetered: return "unmetered";
    case ContentLine::kNow: return "now";
  }
  return "";
}

}  // namespace daybook
