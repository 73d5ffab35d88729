-- Events: append-only, hash-partitioned by room. The key of every table begins with the room, so
-- that the tables can move to a sharded Postgres without a changed query.

create table events (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  -- The 32 raw bytes behind event_id: ties of order are broken on these (PROTOCOL.md 7).
  event_hash bytea not null,
  type text collate "C" not null,
  state_key text collate "C",
  -- Null for control events.
  channel_id text collate "C",
  sender text collate "C" not null,
  origin_ts bigint not null,
  -- order(e) of PROTOCOL.md 7 for timeline events, null for control events.
  timeline_order bigint,
  -- Where the append log stored it, or last changed its outcome.
  writer_id int not null,
  position bigint not null,
  outcome text collate "C" not null check (outcome in ('accepted', 'soft_failed', 'rejected')),
  received_ts bigint not null,
  -- Only the redacted core is held: content redacted, erased, or failing its hash.
  withheld boolean not null default false,
  -- The event (redaction or purge) that took the content away.
  redacted_by text collate "C",
  -- Canonical JSON of the PDU as it is held.
  pdu text not null,
  primary key (room_id, event_id)
) partition by hash (room_id);

create index events_timeline on events (room_id, channel_id, timeline_order, event_hash)
  where channel_id is not null;
create index events_control on events (room_id, position) where channel_id is null;
create index events_room_log on events (room_id, writer_id, position);
-- Small: rows arrive in this order, so that block ranges find them.
create index events_log on events using brin (writer_id, position) with (pages_per_range = 16);

create table events_p00 partition of events for values with (modulus 16, remainder 0);
create table events_p01 partition of events for values with (modulus 16, remainder 1);
create table events_p02 partition of events for values with (modulus 16, remainder 2);
create table events_p03 partition of events for values with (modulus 16, remainder 3);
create table events_p04 partition of events for values with (modulus 16, remainder 4);
create table events_p05 partition of events for values with (modulus 16, remainder 5);
create table events_p06 partition of events for values with (modulus 16, remainder 6);
create table events_p07 partition of events for values with (modulus 16, remainder 7);
create table events_p08 partition of events for values with (modulus 16, remainder 8);
create table events_p09 partition of events for values with (modulus 16, remainder 9);
create table events_p10 partition of events for values with (modulus 16, remainder 10);
create table events_p11 partition of events for values with (modulus 16, remainder 11);
create table events_p12 partition of events for values with (modulus 16, remainder 12);
create table events_p13 partition of events for values with (modulus 16, remainder 13);
create table events_p14 partition of events for values with (modulus 16, remainder 14);
create table events_p15 partition of events for values with (modulus 16, remainder 15);

-- The ends of a room's graphs: of the control graph (channel_id '') and of each channel.
-- One row a graph, changed by difference, so that two processes can move it at once.
create table graph_heads (
  room_id text collate "C" not null,
  channel_id text collate "C" not null default '',
  event_ids text[] collate "C" not null,
  -- What the last move took away: it stands here so that a move is one upsert.
  removed text[] collate "C" not null,
  primary key (room_id, channel_id)
) with (fillfactor = 70);

-- Parents that events name and we do not hold. Edges to held parents stand in the PDUs and need
-- no row; these are the ones somebody must look for, and by which a late parent is recognized.
create table event_gaps (
  room_id text collate "C" not null,
  missing_id text collate "C" not null,
  event_id text collate "C" not null,
  channel_id text collate "C" not null,
  primary key (room_id, missing_id, event_id)
);
create index event_gaps_channel on event_gaps (room_id, channel_id);

