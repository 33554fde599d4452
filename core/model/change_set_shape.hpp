// SPDX-License-Identifier: Apache-2.0
// What encoding and checking a body share; not for other rooms. Pure.
#pragma once

#include <vector>

#include "core/model/change_set.hpp"

namespace daybook {

// check_shape() without measuring the encoded size, for bytes whose size is known already.
Result<void> check_shape_but_size(const Body& body);

// The different epochs of all bases, in the order in which the edits and then the claims first name
// them. May be longer than a set is allowed to have.
std::vector<EpochId> epochs_of(const Body& body);
std::size_t index_of(const EpochId& epoch,
                     const std::vector<EpochId>& epochs);  // epochs.size() when missing

}  // namespace daybook
