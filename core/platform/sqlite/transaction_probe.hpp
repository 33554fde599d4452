// SPDX-License-Identifier: Apache-2.0
// For tests that kill a process: shows in one shared byte where it stood with its transactions, so
// that they can say where their kills hit. Set by Transaction; nothing in a build without
// DAYBOOK_PLANTABLE, and nothing unless DAYBOOK_TRANSACTION_PROBE names a file.
#pragma once

#include <cstdint>

namespace daybook::sqlite {

enum class TransactionPhase : std::uint8_t { kOutside = '.', kInside = 'T', kCommitting = 'C' };

#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
void show_phase(TransactionPhase phase);
#else
inline void show_phase(TransactionPhase) {}
#endif

}  // namespace daybook::sqlite
