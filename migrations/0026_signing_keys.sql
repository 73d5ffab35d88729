-- Every signing key entry that this server ever relied on, of all servers, for ever: old
-- events are verified with them. An entry never changes under its id. PROTOCOL.md 8.
create table key_entries (
  server text not null,
  key_id text not null,
  key text not null,
  valid_from bigint not null,
  valid_until bigint not null,
  first_seen_ts bigint not null,
  -- An older key of the same server that signed this entry.
  vouched_by text,
  voucher_signature text,
  primary key (server, key_id),
  check (valid_until > valid_from and valid_until - valid_from <= 1209600000)
);

-- What this server does with its own keys. The private halves are never here: each process
-- keeps those of its own keys in its data folder.
create table signing_keys (
  key_id text primary key,
  server text not null,
  -- Only keys of the server's present epoch sign; a restore begins a new one.
  epoch text not null,
  -- The data folder that holds the private half.
  holder text not null,
  created_ts bigint not null,
  -- Signs no more from then on; what it signed before stays good.
  retired_ts bigint,
  revoked_ts bigint,
  revoked_reason text,
  foreign key (server, key_id) references key_entries
);
create index signing_keys_holder on signing_keys (holder, created_ts desc);
