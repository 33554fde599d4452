-- SPDX-License-Identifier: Apache-2.0
-- Headquarters' book, format 1. Read by people with the sqlite3 shell too, so it is laid out to be read.
-- Ids are blobs of 16 bytes, digests of 32; times are ms UTC; enums are the frozen numbers of core/model.
-- A one-record set writes four rows: commits, history, records, members.

-- Collections, scopes and actors as small numbers, 1, 2, 3… in order of first use.
create table names (
  number integer primary key,
  name text not null unique
) strict;

-- The fail-over log, oldest first.
create table epochs (
  position integer primary key,
  epoch blob not null unique,
  parent blob not null,
  start_version integer not null,
  start_head blob not null
) strict;

-- One set and its verdict. The stored body is the history. Large columns last: a scan of heads reads no body.
create table commits (
  version integer primary key,
  head blob not null,
  set_id blob not null,
  lineage integer not null,
  seq integer not null,
  link blob,                    -- null: of the office, or a later verdict
  body_hash blob not null,
  actor integer not null,       -- names.number
  verdict integer not null,
  rules_version integer not null,
  judged_as integer not null,
  received_ms integer not null,
  outcome blob,                 -- null: plainly accepted
  body blob                     -- null: an earlier commit holds it
) strict;
-- Every index ends with the version, because that is the row's number.
create index commits_by_set on commits (set_id);
create index commits_by_link on commits (lineage, seq) where lineage <> 0;
create index commits_by_lineage on commits (lineage) where lineage <> 0;

create table history (
  collection integer not null,
  id blob not null,
  version integer not null,
  primary key (collection, id, version)
) strict, without rowid;

-- Rows are too large for a table without rowid: beyond a kilobyte each would open a page of its own.
create table records (
  number integer primary key,
  collection integer not null,
  id blob not null,
  parent blob,
  created integer not null,
  version integer not null,
  provenance blob not null,
  row blob not null
) strict;
create unique index records_by_id on records (collection, id);
create index records_by_parent on records (parent, collection, id) where parent is not null;

create table members (
  collection integer not null,
  id blob not null,
  scope integer not null,
  count integer not null,
  entered integer not null,
  left_at integer not null,     -- 0: never
  version integer not null,
  primary key (collection, id, scope)
) strict, without rowid;
create index members_by_feed on members (scope, version);

create table lineages (
  lineage integer primary key,
  device blob not null,
  incarnation blob not null,
  parent integer not null,
  parent_seq integer not null,
  last_seq integer not null,
  last_link blob not null,
  unique (device, incarnation)
) strict;

create table devices (
  device blob primary key,
  actor text not null,
  role text not null,
  name text not null,
  platform text not null,
  key_alg integer not null,
  key blob not null,
  status integer not null,
  enrolled_ms integer not null,
  bad_batches integer not null
) strict, without rowid;

create table contacts (
  device blob primary key,
  seen_ms integer not null,
  skew_ms integer not null,
  complete_version integer not null,
  unsent_sets integer not null,
  unsent_bytes integer not null,
  unsent_attachments integer not null,
  oldest_unsent_ms integer not null,
  scopes blob not null          -- CBOR: [scope, version, …]
) strict, without rowid;

create table users (
  actor text primary key,
  display_name text not null,
  role text not null,
  password_hash text not null,
  active integer not null
) strict, without rowid;

create table enrol_codes (
  code_hash blob primary key,
  actor text not null,
  expires_ms integer not null,
  tries_left integer not null
) strict, without rowid;

create table nonces (
  nonce blob primary key,
  expires_ms integer not null
) strict, without rowid;
create index nonces_by_expiry on nonces (expires_ms);

-- What is searched for, beside the whole case as CBOR.
create table cases (
  number integer primary key,
  state integer not null,
  kind integer not null,
  collection text not null,
  record blob not null,
  field text not null,
  device blob not null,
  body blob not null
) strict;
create index cases_by_state on cases (state);
create index cases_open on cases (record, kind, field, device, collection) where state = 0;

create table parked (
  set_id blob primary key,
  lineage integer not null,
  seq integer not null,
  commit_version integer not null,
  reason text not null,
  detail text not null,
  case_number integer not null,
  waits_for blob not null       -- ids one behind the other
) strict, without rowid;
create index parked_by_lineage on parked (lineage, seq, commit_version);
create index parked_by_commit on parked (commit_version);

create table evidence (
  number integer primary key,
  device blob not null,
  received_ms integer not null,
  reason text not null,
  raw blob not null
) strict;
create index evidence_by_device on evidence (device);

create table attempts (
  set_id blob primary key,
  count integer not null
) strict, without rowid;

create table backups (
  backup blob primary key,
  epoch blob not null,
  version integer not null,
  taken_ms integer not null,
  path text not null
) strict, without rowid;

create table schemas (
  version integer primary key,
  digest blob not null,
  json text not null
) strict;

create table settings (
  name text primary key,
  value blob not null
) strict, without rowid;
