-- Whether a document of the entry's own server listed it; else it rests on its voucher alone.
alter table key_entries add column listed boolean not null default false;

-- The newest key document seen of each other server. PROTOCOL.md 8.
create table key_documents (
  server text primary key,
  seq bigint not null,
  fetched_ts bigint not null
);

-- What other servers revoked. A revocation is never taken back.
create table key_revocations (
  server text not null,
  key_id text not null,
  revoked_ts bigint not null,
  reason text not null,
  primary key (server, key_id)
);

-- Requests of other servers that were already answered, by all processes of this server.
-- Unlogged: they survive a clean restart, and count for ten minutes alone.
create unlogged table request_nonces (
  origin text not null,
  nonce text not null,
  seen_ts bigint not null,
  primary key (origin, nonce)
);
create index request_nonces_seen on request_nonces (seen_ts);
