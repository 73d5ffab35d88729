-- The structure of a guild, saved to make others from: roles, channels and settings, no people.
create table guild_templates (
  code text collate "C" primary key,
  guild_id text collate "C" not null,
  created_by text collate "C" not null,
  name text not null,
  description text,
  content text not null,
  created_ts bigint not null,
  updated_ts bigint not null,
  uses integer not null default 0
);
create index guild_templates_guild on guild_templates (guild_id, created_ts);
