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

}  // namespace daybook
