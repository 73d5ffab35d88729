-- Guilds that stand in this server's directory, each with the link by which people join from
-- there. One whose link ended is not shown.
create table listed_guilds (
  guild_id text collate "C" primary key,
  code text not null references invites (code) on delete cascade,
  listed_ts bigint not null
);
create index listed_guilds_newest on listed_guilds (listed_ts, guild_id);
