-- Since when the server that orders a group did not answer, and how often it was tried; null: it
-- answered last.
alter table mls_groups
  add column away_since_ts bigint,
  add column away_tries int not null default 0;

-- How the order of a group's changes came to another server: the last receipt of the former one,
-- and the first of its successor, JSON.
create table mls_takeovers (
  group_id text collate "C" not null references mls_groups (group_id) on delete cascade,
  -- Of the successor.
  term int not null,
  former text not null,
  first text not null,
  primary key (group_id, term)
);
