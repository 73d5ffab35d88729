-- The ids of messages sort by bytes everywhere, as in events: an index of another collation cannot
-- be used in a join with them, and the whole table was read instead.
alter table message_relations
  alter column room_id type text collate "C",
  alter column event_id type text collate "C",
  alter column channel_id type text collate "C",
  alter column target_id type text collate "C";
alter table message_mentions
  alter column room_id type text collate "C",
  alter column channel_id type text collate "C",
  alter column event_id type text collate "C";
alter table message_redactions
  alter column room_id type text collate "C",
  alter column target_id type text collate "C",
  alter column event_id type text collate "C";
alter table read_markers
  alter column room_id type text collate "C",
  alter column channel_id type text collate "C",
  alter column event_id type text collate "C";
