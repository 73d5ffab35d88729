-- Hand-overs of the same ownership beside one that was held already: only a former owner, or their
-- server, makes one. Kept as proof, whether it counted or not. PROTOCOL.md 5.
create table owner_rivals (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  -- The hand-over that was held before.
  rival_id text collate "C" not null,
  sender text collate "C" not null,
  new_owner text collate "C" not null,
  noticed_ts bigint not null,
  primary key (room_id, event_id)
);
