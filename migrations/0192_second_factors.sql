-- The second step of signing in: one authenticator app of an account. The secret must be read to
-- check a code, and processes share no key that could seal it: it stands here as it is.
create table second_factors (
  user_id text primary key references users,
  secret bytea not null,
  created_ts bigint not null,
  -- Null while the first code of the app is still awaited: until then it guards nothing.
  confirmed_ts bigint,
  -- The step of time of the last code that was taken; no code is taken twice.
  last_step bigint not null default 0
);

-- Codes for who has lost the app. A used one is deleted.
create table recovery_codes (
  code_hash bytea not null,
  user_id text not null references second_factors on delete cascade,
  primary key (user_id, code_hash)
);

-- Sign-ins whose password was right and whose second step is awaited.
create table login_challenges (
  token_hash bytea primary key,
  user_id text not null references users,
  created_ts bigint not null,
  expires_ts bigint not null
);
create index login_challenges_user on login_challenges (user_id, created_ts);
create index login_challenges_expiry on login_challenges (expires_ts);
