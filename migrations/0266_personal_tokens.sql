-- Personal access tokens: what programs act with in the name of an account, within their scopes.
-- Only the hash is kept; last_used_ts is exact to a minute.
create table personal_tokens (
  token_id text primary key,
  token_hash bytea not null unique,
  user_id text not null references users,
  name text not null,
  scopes text[] not null,
  created_ts bigint not null,
  -- Null: it does not expire.
  expires_ts bigint,
  last_used_ts bigint
);
create index personal_tokens_user on personal_tokens (user_id, created_ts);
create index personal_tokens_expiry on personal_tokens (expires_ts);
