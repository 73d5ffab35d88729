-- A signed-in device. Deleting the row ends it: tokens go with it.
create table sessions (
  session_id text primary key,
  user_id text not null references users,
  kind text not null check (kind in ('token', 'cookie')),
  -- SHA-256 of the cookie's secret.
  cookie_hash bytea unique,
  device_name text not null,
  address text,
  created_ts bigint not null,
  last_used_ts bigint not null,
  -- Unused until then, it ends.
  expires_ts bigint not null,
  confirmed_until bigint,
  check ((kind = 'cookie') = (cookie_hash is not null))
);
create index sessions_user on sessions (user_id, last_used_ts desc);
create index sessions_expiry on sessions (expires_ts);

-- Tokens are stored as SHA-256: they are 32 random bytes, so that nothing slower is needed.
create table refresh_tokens (
  token_hash bytea primary key,
  session_id text not null references sessions on delete cascade,
  created_ts bigint not null,
  -- When it was exchanged; a second exchange ends the session.
  used_ts bigint,
  next_hash bytea
);
create index refresh_tokens_session on refresh_tokens (session_id, created_ts);

create table access_tokens (
  token_hash bytea primary key,
  session_id text not null references sessions on delete cascade,
  refresh_hash bytea not null,
  expires_ts bigint not null,
  used boolean not null default false
);
create index access_tokens_session on access_tokens (session_id);
create index access_tokens_expiry on access_tokens (expires_ts);
