-- Encrypted backups: opaque to the server. The chunks of a version are a chain by their hashes.
create table backups (
  user_id text primary key references users,
  version int not null,
  -- Chunks of that version, and the last one's SHA-256.
  seq int not null,
  hash bytea not null check (octet_length(hash) = 32),
  -- [{"kind": ..., "data": base64}]: ways to the key of the backup.
  slots jsonb not null,
  slots_revision int not null,
  changed_ts bigint not null
);

-- Of the present version and of the one after it, which is prepared beside it.
create table backup_chunks (
  user_id text not null references backups on delete cascade,
  version int not null,
  seq int not null,
  hash bytea not null check (octet_length(hash) = 32),
  chunk bytea not null,
  primary key (user_id, version, seq)
);
