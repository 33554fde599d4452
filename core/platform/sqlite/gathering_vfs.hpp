// SPDX-License-Identifier: Apache-2.0
// A door to the system's files that gathers what SQLite writes into its log: a commit of eight
// pages is sixteen small writes one behind the other, and here it is one. Used by Connection for
// files it may write; the file itself and everything else go straight to the system.
//
// Nothing is weaker for it: what is gathered is written before the log is synced, read, measured or
// cut, and SQLite tells other connections of a commit only after it has synced the log.
// REQUIRES synchronous=FULL, which Connection always sets.
#pragma once

namespace daybook::sqlite {

// Its name for sqlite3_open_v2, or null where it cannot be registered: then the system's will do.
const char* gathering_vfs();

}  // namespace daybook::sqlite
