-- Reactions whose key only devices know.
alter table message_relations drop constraint message_relations_kind_check;
alter table message_relations add constraint message_relations_kind_check
  check (kind in ('reply', 'edit', 'reaction', 'sealed_reaction', 'pin', 'thread'));

-- Sealed events of a room in the order in which they were committed: a device that was away reads
-- on from where it was. The counter's row is locked until the commit, so that no smaller number
-- appears after a larger one was read.
create table sealed_rooms (
  room_id text collate "C" primary key,
  last_seq bigint not null
) with (fillfactor = 70);
create table sealed_events (
  room_id text collate "C" not null,
  seq bigint not null default 0,
  event_id text collate "C" not null,
  primary key (room_id, seq)
);
create unique index sealed_events_event on sealed_events (room_id, event_id);

create function sealed_event_number() returns trigger language plpgsql as $$
begin
  insert into sealed_rooms (room_id, last_seq) values (new.room_id, 1)
  on conflict (room_id) do update set last_seq = sealed_rooms.last_seq + 1
  returning last_seq into new.seq;
  return new;
end $$;
create trigger sealed_event_numbered before insert on sealed_events
  for each row execute function sealed_event_number();
