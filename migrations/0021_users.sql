-- Accounts of this server. A row is never deleted: a name is never given away twice.
create table users (
  user_id text primary key,
  local text not null unique,
  -- What the name looks like; two names that look alike have the same.
  skeleton text not null unique,
  created_ts bigint not null,
  -- open, admin, first_administrator, token:ID or invite:HASH
  created_by text not null,
  admin boolean not null default false,
  state text not null default 'active'
    check (state in ('active', 'suspended', 'locked', 'deactivated')),
  state_reason text,
  state_ts bigint,
  last_seen_ts bigint,
  presence text not null default 'online'
    check (presence in ('online', 'idle', 'dnd', 'invisible'))
);
create index users_newest on users (created_ts desc, user_id desc);
create index users_created_by on users (created_by) where created_by like 'invite:%';
create index users_admin on users (user_id) where admin;

create table credentials (
  user_id text primary key references users,
  -- Encoded Argon2id with its parameters.
  password_hash text not null,
  changed_ts bigint not null
);

-- How people look, those of other servers too, as far as they are known here.
create table profiles (
  user_id text primary key,
  display_name text,
  avatar text,
  bio text,
  status text,
  bot boolean not null default false,
  updated_ts bigint not null
);
create index profiles_avatar on profiles (avatar) where avatar is not null;
