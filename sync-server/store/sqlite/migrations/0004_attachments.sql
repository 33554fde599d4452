-- SPDX-License-Identifier: Apache-2.0
-- Format 4: the lane of photos and signatures. The bytes lie beside the book; here is who promised them and what came.

-- A content that a set names, with the record it belongs to. Books from before name theirs in the bodies: they are read
-- once, when the office opens (setting attachments_read).
create table promises (
  digest blob not null,
  set_id blob not null,
  collection text not null,
  record blob not null,
  role text not null,
  size integer not null,
  media_type text not null,
  device blob not null,         -- zeroes: headquarters
  commit_version integer not null,
  kept integer not null,        -- 1: its device brought the bytes, or proved that it has them
  primary key (digest, set_id, collection, record, role)
) strict, without rowid;
create index promises_by_record on promises (record, collection, commit_version);
create index promises_open on promises (commit_version, digest) where kept = 0;

create table contents (
  digest blob primary key,
  size integer not null,
  device blob not null,         -- that brought it
  arrived_ms integer not null,
  checked_ms integer not null,  -- last read whole and compared, 0: only when it came
  sound integer not null,
  removed_ms integer not null,  -- 0: it is here
  removed_by text not null,
  removed_why text not null
) strict, without rowid;
create index contents_by_device on contents (device, arrived_ms);
