// SPDX-License-Identifier: Apache-2.0
// A shadow row and a receipt as bytes in a column. Used by this room's store; pure.
#pragma once

#include "client-lib/local/local_store.hpp"

namespace daybook {

Bytes encode_shadow(const ShadowRow& row);
Result<ShadowRow> decode_shadow(BytesView bytes);

Bytes encode_receipt(const Receipt& receipt);
Result<Receipt> decode_receipt(BytesView bytes);

}  // namespace daybook
