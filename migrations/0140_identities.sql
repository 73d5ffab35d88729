-- Public keys of the accounts of this server: master, self-signing and user-signing key.
create table identities (
  user_id text primary key references users,
  msk bytea not null check (octet_length(msk) = 32),
  ssk bytea not null check (octet_length(ssk) = 32),
  usk bytea not null check (octet_length(usk) = 32),
  ssk_sig bytea not null check (octet_length(ssk_sig) = 64),
  usk_sig bytea not null check (octet_length(usk_sig) = 64),
  changed_ts bigint not null
);

-- Rises with every change of an account's identity or devices: others see by it that theirs is old.
create table device_lists (
  user_id text primary key references users,
  version bigint not null
);
