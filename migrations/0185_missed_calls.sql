-- Calls of a conversation that nobody answered, until they are put away or a call is joined there.
create table missed_calls (
  user_id text collate "C" not null,
  room_id text collate "C" not null,
  by_id text collate "C" not null,
  ts bigint not null,
  count int not null,
  primary key (user_id, room_id)
);
create index missed_calls_age on missed_calls (ts);
