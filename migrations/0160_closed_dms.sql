-- Conversations that somebody put out of their list; they are back with the next message.
create table closed_dms (
  user_id text collate "C" not null,
  room_id text collate "C" not null,
  -- Place of the last event when it was closed: a message after it brings it back.
  closed_ord bigint not null,
  primary key (room_id, user_id)
);
create index closed_dms_user on closed_dms (user_id);
