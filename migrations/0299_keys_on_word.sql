-- Entries of servers that did not answer, taken on the word of other servers of a room: whose, and
-- when. Null once the entry's own server has listed it, or a known key of it vouches for it.
-- denied_ts: since when that server answers without it. PROTOCOL.md 8.
alter table key_entries
  add column word_of text[],
  add column word_ts bigint,
  add column denied_ts bigint;
create index key_entries_on_word on key_entries (server) where word_of is not null;
