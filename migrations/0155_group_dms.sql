-- Conversations of several that people of this server are or were in.
create table group_dm_rooms (
  room_id text collate "C" primary key,
  created_ts bigint not null
);
