-- SPDX-License-Identifier: Apache-2.0
-- Format 5: what a content is by its first bytes. Contents from before are looked at when they are next compared.
alter table contents add column kind text not null default '';        -- a media type, '': nobody looked yet
alter table contents add column width integer not null default 0;     -- pixels of a picture, 0: not known
alter table contents add column height integer not null default 0;
