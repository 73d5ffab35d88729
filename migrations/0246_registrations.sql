-- Registrations that wait for a mail address to be confirmed, for an administrator, or for both, and
-- refused ones for as long as the person may look. They are no accounts: nothing can be done with
-- them but to wait. Their names are held until they end.
create table registrations (
  registration_id text collate "C" primary key,
  local text not null unique,
  skeleton text not null unique,
  display_name text,
  -- Encoded Argon2id with its parameters.
  password_hash text not null,
  -- As in users.
  created_by text not null,
  -- The guild's invite code that opened registration, still to be accepted.
  invite text,
  -- What they wrote to the administrators.
  why text,
  -- Of the pages at that time.
  language text not null,
  address text,
  folded text collate "C",
  email_verified_ts bigint,
  -- SHA-256 of the newest mailed link's secret; null until it was sent.
  token_hash bytea unique,
  needs_approval boolean not null,
  refused boolean not null default false,
  reason text,
  created_ts bigint not null,
  expires_ts bigint not null,
  check ((address is null) = (folded is null)),
  check (needs_approval or address is not null)
);
create index registrations_newest on registrations (created_ts desc, registration_id);
create index registrations_expiry on registrations (expires_ts);
create index registrations_created_by on registrations (created_by) where created_by like 'invite:%';
