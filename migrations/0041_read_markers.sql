create table read_markers (
  user_id text not null,
  room_id text not null,
  channel_id text not null,
  event_id text,
  -- Place of the last read message; everything up to it is read.
  ord bigint not null,
  hash bytea not null,
  primary key (user_id, room_id, channel_id)
);
