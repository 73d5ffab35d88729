-- Codes of the administrators that open registration.
create table registration_tokens (
  token_id text primary key,
  code text not null unique,
  note text,
  uses integer not null default 0,
  max_uses integer,
  created_by text,
  created_ts bigint not null,
  expires_ts bigint,
  revoked_ts bigint,
  check (max_uses is null or uses <= max_uses)
);
create index registration_tokens_newest on registration_tokens (created_ts desc);
