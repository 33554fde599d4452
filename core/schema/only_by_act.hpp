// SPDX-License-Identifier: Apache-2.0
// What is written by acts only ("only_by_act" at a collection or a field): an act asks first
// whether it may be done (separation of duties, what was decided on), and whoever writes the record
// himself would pass that by. Pure; any thread. Asked by the doors where people and programs write
// records themselves, by capture and by ingest.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/model/change_set.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// What somebody at headquarters writes himself. kForbidden names the collection or the field, and
// the acts that write it.
Result<void> check_written_directly(const Schema& schema, const CollectionSchema& collection,
                                    const Fields& set);

// The acts of headquarters that alone write what this change of a phone writes: it is nobody's
// decision. Empty when phones may write it.
std::string office_acts_alone(const Schema& schema, const Change& change);

// Of a schema whose acts are known: what only acts may write, some act does write. The error says
// which collection or field is left.
Result<void> check_acts_write(const Schema& schema);

}  // namespace daybook
