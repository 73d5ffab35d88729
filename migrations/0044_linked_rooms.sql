-- Private channels: rooms of their own that are shown in a guild.
create table private_channels (
  room_id text primary key,
  guild_id text not null,
  created_ts bigint not null
);
create index private_channels_guild on private_channels (guild_id);

-- One-to-one conversations of a pair; user_a < user_b.
create table dm_rooms (
  room_id text primary key,
  user_a text not null,
  user_b text not null,
  created_ts bigint not null
);
create index dm_rooms_pair on dm_rooms (user_a, user_b);
create index dm_rooms_b on dm_rooms (user_b);
