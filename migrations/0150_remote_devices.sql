-- Copies of what accounts of other servers publish for encryption; their servers say when they
-- have changed.
create table remote_device_lists (
  user_id text collate "C" primary key,
  -- As the user's server counts.
  version bigint not null,
  fetched_ts bigint not null,
  -- Something newer is known of: fetched anew at the next occasion, whatever its age.
  stale boolean not null default false
);
create table remote_identities (
  user_id text collate "C" primary key references remote_device_lists on delete cascade,
  msk bytea not null check (octet_length(msk) = 32),
  ssk bytea not null check (octet_length(ssk) = 32),
  usk bytea not null check (octet_length(usk) = 32),
  ssk_sig bytea not null check (octet_length(ssk_sig) = 64),
  usk_sig bytea not null check (octet_length(usk_sig) = 64)
);
create table remote_devices (
  user_id text collate "C" not null references remote_device_lists on delete cascade,
  device_id text collate "C" not null,
  certificate bytea not null,
  signature_key bytea not null,
  primary key (user_id, device_id)
);
