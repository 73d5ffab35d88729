-- Two receipts of one sequencer for one epoch of a group: it told two stories. Kept as proof.
create table mls_contradictions (
  group_id text collate "C" not null,
  room_id text collate "C" not null,
  sequencer text collate "C" not null,
  base_epoch bigint not null,
  -- Both as they were signed, JSON.
  first text not null,
  second text not null,
  found_ts bigint not null,
  primary key (group_id, base_epoch)
);
create index mls_contradictions_room on mls_contradictions (room_id);
