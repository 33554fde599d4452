// SPDX-License-Identifier: Apache-2.0
#include "client-lib/local/sqlite/tables.hpp"

namespace daybook {
namespace {

// daybook_column remembers how each collection lies in its table; daybook_raw_row keeps collections
// that the schema does not name.
constexpr std::string_view kFirst = R"sql(
create table daybook_setting(name text primary key not null, value blob not null) without rowid;
create table daybook_column(collection text not null, field text not null, type integer not null,
  primary key(collection, field)) without rowid;
create table daybook_raw_row(collection text not null, id blob not null, content blob not null,
  version integer not null, foreign_version integer not null, state text not null, scopes integer not null,
  round integer not null, primary key(collection, id)) without rowid;
create table daybook_shadow(collection text not null, id blob not null, content blob not null,
  primary key(collection, id)) without rowid;
create table daybook_own_set(number integer primary key, incarnation integer not null, seq integer not null,
  id blob not null, body_hash blob not null, link blob not null, state integer not null, captured_ms integer not null,
  attachments integer not null, size integer not null, body blob not null);
create table daybook_incarnation(number integer primary key, incarnation blob not null, parent integer not null,
  parent_seq integer not null, parent_link blob not null, before integer not null, released_seq integer not null,
  released_link blob not null);
create table daybook_receipt(ordinal integer primary key, set_id blob not null, number integer not null,
  lost integer not null, commit_version integer not null, receipt blob not null);
create index daybook_receipt_of_set on daybook_receipt(set_id);
create table daybook_scope(bit integer primary key, scope text not null, reread_from integer not null);
create table daybook_rung(version integer primary key, epoch blob not null, head blob not null);
create table daybook_witness(collection text not null, id blob not null, epoch blob not null, version integer not null,
  content blob not null, primary key(collection, id)) without rowid;
)sql";

// What is known of the contents of attachments; trouble: a code and its parameters, null when all
// is well.
constexpr std::string_view kContents = R"sql(
create table daybook_content(digest blob primary key not null, size integer not null, state integer not null,
  priority integer not null, line integer not null, number integer not null, carried integer not null,
  added_ms integer not null, trouble integer, trouble_field text, trouble_detail text) without rowid;
create index daybook_content_that_is on daybook_content(state, priority, number, digest);
)sql";

constexpr std::string_view kFirstStaging =
    "create table page(number integer primary key, content blob not null);";

constexpr sqlite::Migration kSteps[] = {{1, "0001_first", kFirst}, {2, "0002_contents", kContents}};
constexpr sqlite::Migration kStagingSteps[] = {{1, "0001_first", kFirstStaging}};

}  // namespace

const sqlite::FileFormat& local_file_format() {
  static const sqlite::FileFormat format{0x44427068, kSteps};  // "DBph"
  return format;
}

const sqlite::FileFormat& staging_file_format() {
  static const sqlite::FileFormat format{0x44427073, kStagingSteps};  // "DBps"
  return format;
}

}  // namespace daybook
