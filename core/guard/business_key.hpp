// SPDX-License-Identifier: Apache-2.0
// By which names of the world a record is known: its serial number, its telephone and address. Two
// records with one such name are probably one thing. Used by ingest. Pure.
#pragma once

#include <vector>

#include "core/schema/schema.hpp"

namespace daybook {

struct BusinessKey {
  const UniqueKey* rule = nullptr;
  Value value;  // a list: the values of the rule's fields
  bool operator==(const BusinessKey&) const = default;
};

// A field that is a list gives a key for each of its elements; a part that is empty gives none.
std::vector<BusinessKey> keys_of(const CollectionSchema& collection, const Fields& fields);

}  // namespace daybook
