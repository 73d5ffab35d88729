-- Incoming webhooks of this server: each writes as a member of its own, whose profile stays after
-- it, so that what it wrote keeps its name.
create table webhooks (
  webhook_id text primary key,
  user_id text not null unique,
  guild_id text collate "C" not null,
  -- The one channel that its invite named.
  channel_id text collate "C" not null,
  -- SHA-256 of the secret in its URL.
  secret_hash bytea not null,
  -- What GitHub signs deliveries with: needed as it is to check them. Null: not asked for.
  signature_secret text,
  created_by text not null,
  created_ts bigint not null,
  last_used_ts bigint
);
create index webhooks_guild on webhooks (guild_id, created_ts);
create index webhooks_maker on webhooks (created_by);
