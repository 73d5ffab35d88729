-- What others need to add a device to a group. A package is given to one claimer and is gone then,
-- in one statement; the last resort is given when none is left, stays, and is marked as used.
create table mls_key_packages (
  -- MLS reference of the package (RFC 9420, 5.2), unpadded base64.
  ref text collate "C" primary key,
  user_id text collate "C" not null,
  device_id text collate "C" not null,
  last_resort boolean not null default false,
  used_ts bigint,
  suite int not null,
  not_after_ts bigint not null,
  bytes bytea not null,
  created_ts bigint not null
);
create index mls_key_packages_device on mls_key_packages (user_id, device_id, created_ts)
  where not last_resort;
create unique index mls_key_packages_last on mls_key_packages (user_id, device_id)
  where last_resort;
create index mls_key_packages_age on mls_key_packages (not_after_ts);

-- Packages that were given out, for which room: only those can be added to its group. Whoever
-- claims a device for the same room again before it was added gets the same package, so that
-- nobody can use up a device's packages.
create table mls_claims (
  room_id text collate "C" not null,
  user_id text collate "C" not null,
  device_id text collate "C" not null,
  ref text collate "C" not null,
  last_resort boolean not null,
  not_after_ts bigint not null,
  bytes bytea not null,
  claimed_by text collate "C" not null,
  claimed_ts bigint not null,
  primary key (room_id, user_id, device_id)
);
create index mls_claims_age on mls_claims (claimed_ts);
