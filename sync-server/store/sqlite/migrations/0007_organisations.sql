-- SPDX-License-Identifier: Apache-2.0
-- Format 7: which organisation an account is bound to. Accounts from before are head office's and see everything.
alter table users add column organisation blob;  -- the record's id, null: head office
