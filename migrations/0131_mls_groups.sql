-- The MLS groups of encrypted rooms, as the server that orders their changes keeps them: all of it
-- is public to this server, and nothing of it opens a message.
create table mls_groups (
  -- Bytes chosen by who founded it, unpadded base64.
  group_id text collate "C" primary key,
  room_id text collate "C" not null unique,
  -- Server that orders the changes; rises with a take-over.
  sequencer text collate "C" not null,
  term int not null default 0,
  epoch bigint not null,
  suite int not null,
  -- GroupInfo of this epoch with the tree.
  group_info bytea not null,
  -- The last receipt, JSON, and its hash: the next one names it.
  receipt text not null,
  receipt_hash text collate "C" not null,
  -- When the epoch began: the one before is taken for a moment longer.
  epoch_ts bigint not null,
  -- Somebody was taken out by the change that began it: the epoch before is taken no longer.
  epoch_removed boolean not null default false,
  created_ts bigint not null
);

-- The primary key is the compare-and-swap: one change an epoch.
create table mls_commits (
  group_id text collate "C" not null references mls_groups (group_id) on delete cascade,
  -- -1: the group was made.
  base_epoch bigint not null,
  hash text collate "C" not null,
  bytes bytea not null,
  external boolean not null default false,
  sender_user text collate "C" not null,
  sender_device text collate "C" not null,
  receipt text not null,
  created_ts bigint not null,
  primary key (group_id, base_epoch)
);
create index mls_commits_age on mls_commits (created_ts);

-- Who is in the group, rebuilt from its public changes.
create table mls_leaves (
  group_id text collate "C" not null references mls_groups (group_id) on delete cascade,
  leaf int not null,
  user_id text collate "C" not null,
  device_id text collate "C" not null,
  signature_key bytea not null,
  -- The certificate that it shows, unpadded base64.
  credential text collate "C" not null,
  primary key (group_id, leaf),
  unique (group_id, user_id, device_id)
);
create index mls_leaves_device on mls_leaves (user_id, device_id);

-- A Welcome is made for many devices at once: its bytes are kept once.
create table mls_welcome_bodies (
  hash text collate "C" primary key,
  bytes bytea not null,
  created_ts bigint not null
);
create table mls_welcomes (
  welcome_id text collate "C" primary key,
  user_id text collate "C" not null,
  device_id text collate "C" not null,
  room_id text collate "C" not null,
  group_id text collate "C" not null,
  -- The epoch it lets the device into.
  epoch bigint not null,
  hash text collate "C" not null references mls_welcome_bodies (hash),
  created_ts bigint not null
);
create index mls_welcomes_device on mls_welcomes (user_id, device_id, created_ts);
create index mls_welcomes_age on mls_welcomes (created_ts);
create index mls_welcomes_body on mls_welcomes (hash);
