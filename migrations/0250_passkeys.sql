-- What authenticators know an account by: random, so that it says nothing about the account.
create table passkey_users (
  user_id text primary key references users,
  user_handle bytea not null unique
);

-- Passkeys: keys of authenticators that open an account, each with its public half here.
create table passkeys (
  passkey_id text primary key,
  -- As the authenticator named it, base64url.
  credential_id text not null unique,
  user_id text not null references users,
  public_key bytea not null,
  -- As the authenticator counted its signatures last; 0 for those that do not count.
  counter bigint not null,
  transports text[] not null,
  -- Kept by a password manager for several devices.
  synced boolean not null,
  name text not null,
  created_ts bigint not null,
  last_used_ts bigint
);
create index passkeys_user on passkeys (user_id, created_ts);

-- Questions to authenticators that wait for their answer; an answer uses its question up.
create table passkey_challenges (
  challenge_hash bytea primary key,
  purpose text not null check (purpose in ('add', 'sign_in', 'second_step', 'confirm')),
  -- Null for signing in: the passkey itself says whose it is.
  user_id text references users,
  expires_ts bigint not null
);
create index passkey_challenges_user on passkey_challenges (user_id);
create index passkey_challenges_expiry on passkey_challenges (expires_ts);
