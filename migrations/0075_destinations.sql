-- Other servers that this one sends to (PROTOCOL.md 8, outbound).

create table destinations (
  server text collate "C" primary key,
  -- A sync token (server/postgres/sync_token.ts): the other has everything up to here that it
  -- may have.
  mark text collate "C" not null,
  first_seen_ts bigint not null,
  -- In a row.
  failures int not null default 0,
  failing_since_ts bigint,
  next_try_ts bigint not null default 0,
  last_try_ts bigint,
  last_success_ts bigint,
  error_kind text collate "C",
  error_text text,
  error_ts bigint,
  -- The log writer whose process sends to it, and until when others leave it alone.
  holder int,
  lease_until_ts bigint not null default 0
) with (fillfactor = 70);
create index destinations_holder on destinations (holder);
create index destinations_failing on destinations (failing_since_ts)
  where failing_since_ts is not null;

-- From when to when another server had joined users in a room, as places in the log: only what
-- was said in that time is sent to it by itself.
create table destination_stays (
  stay_id bigint generated always as identity primary key,
  server text collate "C" not null,
  room_id text collate "C" not null,
  -- Sync tokens: what a reader with `since` has not read, up to what one with `until` has.
  since text collate "C" not null,
  until text collate "C"
);
create unique index destination_stays_open on destination_stays (room_id, server)
  where until is null;
create index destination_stays_room on destination_stays (room_id);
create index destination_stays_server on destination_stays (server);

-- Where an event stood before it was changed the first time; null while it stands there. Whoever
-- has read that far has met it already.
alter table events add column first_writer_id int, add column first_position bigint;
