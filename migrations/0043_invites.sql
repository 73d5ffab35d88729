create table invites (
  code text primary key,
  guild_id text not null,
  channel_id text,
  created_by text not null,
  created_ts bigint not null,
  expires_ts bigint,
  max_uses integer,
  uses integer not null default 0,
  role_id text,
  revoked_ts bigint
);
create index invites_guild on invites (guild_id);
