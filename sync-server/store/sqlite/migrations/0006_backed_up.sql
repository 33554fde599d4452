-- SPDX-License-Identifier: Apache-2.0
-- Format 6: which backup was the first to hold a content. Of contents from before, the next backup says so.
alter table contents add column backed_up integer not null default 0;  -- its version, 0: none
