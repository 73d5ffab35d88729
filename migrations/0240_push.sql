-- The key by which push services know this server (VAPID, RFC 8292): made once, and kept, because
-- what browsers subscribed is bound to it.
create table push_key (
  single boolean primary key default true check (single),
  -- Both base64url without padding: the point uncompressed, and the scalar.
  public_key text not null,
  private_key text not null,
  created_ts bigint not null
);

-- Devices that want to be told while no page is open. It goes with its session.
create table push_devices (
  session_id text primary key references sessions on delete cascade,
  user_id text not null,
  -- Where the browser's push service takes messages for it: whoever knows it may try.
  endpoint text not null,
  -- The browser's key and secret (RFC 8291), base64url.
  p256dh text not null,
  auth text not null,
  created_ts bigint not null,
  last_push_ts bigint
);
create index push_devices_user on push_devices (user_id);
-- A browser has one subscription: who signs in there next takes it over.
create unique index push_devices_endpoint on push_devices (endpoint);
