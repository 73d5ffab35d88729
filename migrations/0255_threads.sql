-- What is said in a thread, by its root and in order; the state of threads stands among it, told
-- apart by its key ('stated' by the thread's starter or 'managed' by who has MANAGE_THREADS).
create index message_relations_threads on message_relations (room_id, target_id, ord)
  where kind = 'thread';
create index message_relations_channel_threads on message_relations (room_id, channel_id, ord)
  where kind = 'thread';

-- The thread that the pinging message stands in; '' in the channel itself.
alter table message_mentions add column thread_id text collate "C" not null default '';

-- Threads that a user follows or has given up following, and how far the user has read them.
create table thread_follows (
  user_id text collate "C" not null,
  room_id text collate "C" not null,
  root_id text collate "C" not null,
  channel_id text collate "C" not null,
  following boolean not null,
  -- Everything up to this place is read; `event_id`: the message there, where one was named.
  event_id text collate "C",
  ord bigint not null,
  primary key (user_id, room_id, root_id)
);
