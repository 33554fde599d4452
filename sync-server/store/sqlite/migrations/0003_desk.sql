-- SPDX-License-Identifier: Apache-2.0
-- Format 3: the desk. What a case is listed and looked up by, and which devices still lack a decision.

-- Settled under format 2 was the end of it: nobody waited for devices.
update cases set state = 2 where state = 1;
alter table cases add column due_place integer not null default 9223372036854775807;  -- ms UTC; the largest: no deadline
alter table cases add column holder text not null default '';
create index cases_by_place on cases (state, due_place);
create index cases_by_record on cases (record, collection);
create index cases_alike on cases (state, kind, collection, field);
drop index cases_by_state;

create table case_waits (
  device blob not null,
  version integer not null,     -- the device has the decision once it has this commit
  number integer not null,      -- of the case
  primary key (device, version, number)
) strict, without rowid;
create index case_waits_by_case on case_waits (number);
