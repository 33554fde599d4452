-- SPDX-License-Identifier: Apache-2.0
-- Format 2: what other machines may do here, and who of them is told of every commit.

create table tokens (
  token blob primary key,
  text_hash blob not null,
  actor text not null,
  label text not null,
  scopes text not null,         -- names with spaces between
  created_ms integer not null,
  expires_ms integer not null,
  created_by text not null
) strict, without rowid;

create table webhooks (
  webhook blob primary key,
  url text not null,
  secret blob not null,
  collections text not null,    -- names with spaces between; empty: all
  active integer not null,
  delivered integer not null,
  failures integer not null,
  next_ms integer not null,
  last_ms integer not null,
  last_problem text not null
) strict, without rowid;
