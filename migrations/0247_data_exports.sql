-- What people ask to have of their own data, one file an account at most. Made in the background,
-- kept for a week in the blob store.
create table data_exports (
  user_id text collate "C" primary key references users,
  state text not null check (state in ('waiting', 'ready', 'failed')),
  created_ts bigint not null,
  -- Rooms and files that are in it already, of how many; for the progress that is shown.
  done int not null default 0,
  total int not null default 0,
  tries int not null default 0,
  -- A process that works on it says so again and again; one that is silent has ended.
  claimed_until bigint not null default 0,
  -- Where it is in the blob store, from before its first byte.
  blob_key text collate "C" not null unique,
  bytes bigint,
  -- Files that were left out, because the whole would have become too large.
  left_out int not null default 0,
  -- Then it is deleted, whatever became of it.
  expires_ts bigint not null
);
create index data_exports_due on data_exports (claimed_until) where state = 'waiting';
create index data_exports_expiry on data_exports (expires_ts);
