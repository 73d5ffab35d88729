-- Sealed messages that are no news, such as that somebody shared what was said before: they count as
-- unread for nobody.
alter table sealed_events add column quiet boolean not null default false;
create index sealed_events_quiet on sealed_events (room_id, event_id) where quiet;
