-- What can be found by words: messages as they read now, without those of encrypted rooms. Derived
-- from the events by a follower of the log (server/services/search/index_follower.ts), which fills
-- it from the beginning where it has no mark yet.
create table message_search (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  channel_id text collate "C" not null,
  sender text collate "C" not null,
  -- Place in the channel: order and raw hash. PROTOCOL.md 7.
  ord bigint not null,
  hash bytea not null,
  -- The event whose text this is: its own, or its last edit.
  text_from text collate "C" not null,
  -- Its words with their places, and marks for its channel, author, files and mentions
  -- (core/search/words.ts), so that one index answers a question with all of its filters.
  words tsvector not null,
  primary key (room_id, event_id)
);
-- Without a list of what is pending: a search would read all of it.
create index message_search_words on message_search using gin (words) with (fastupdate = off);
create index message_search_newest on message_search (room_id, ord desc, hash desc);
create index message_search_edited on message_search (room_id, text_from)
  where text_from <> event_id;

-- How far the log has been followed: one row, moved in the transaction that wrote what was read.
create table message_search_mark (
  single boolean primary key default true check (single),
  token text not null,
  -- It had once read everything there was.
  caught_up boolean not null
);
