-- What moderators decided about somebody's voice in a guild; it holds beyond one call.
create table voice_marks (
  guild_id text collate "C" not null,
  user_id text collate "C" not null,
  muted boolean not null,
  deafened boolean not null,
  primary key (guild_id, user_id),
  check (muted or deafened)
);

-- What moderators did in calls: part of the guild's audit log, which is else its control events.
create table voice_acts (
  id bigint generated always as identity primary key,
  guild_id text collate "C" not null,
  ts bigint not null,
  by_id text collate "C" not null,
  target_id text collate "C" not null,
  action text not null,
  reason text,
  changes jsonb not null
);
create index voice_acts_newest on voice_acts (guild_id, ts, id);
create index voice_acts_age on voice_acts (ts);
