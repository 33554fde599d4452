// SPDX-License-Identifier: Apache-2.0
// A door to the system's files that gathers what SQLite writes into its log: a commit of eight
// pages is sixteen small writes one behind the other, and here it is one. Used by Connection for
// files it may write; the file itself and everything else go straight to the system.
//
// Nothing is weaker for it: what is gathered is written with the last page of a transaction, before
// SQLite syncs the log or tells anybody of the commit, and before the log is read, measured or cut.
#pragma once

namespace daybook::sqlite {

// Its name for sqlite3_open_v2, or null where it cannot be registered: then the system's will do.
const char* gathering_vfs();

}  // namespace daybook::sqlite
