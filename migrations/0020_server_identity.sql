-- What this server is, for ever: one row, made at the first start.
create table server_identity (
  single boolean primary key default true check (single),
  name text not null,
  trial boolean not null,
  created_ts bigint not null,
  -- Signing keys count only within their epoch; a restore begins a new one.
  key_epoch text not null,
  -- Of the published key document; only ever grows.
  keydoc_seq bigint not null default 0
);

-- What administrators changed while the server runs; absent means the default.
create table settings (
  key text primary key,
  value jsonb not null,
  changed_ts bigint not null,
  changed_by text
);
