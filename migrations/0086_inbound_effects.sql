-- What redactions name, so that they cover what arrives after them too. PROTOCOL.md 6.
create table redaction_targets (
  room_id text collate "C" not null,
  target_id text collate "C" not null,
  redaction_id text collate "C" not null,
  primary key (room_id, target_id, redaction_id)
);

-- Purges whose work is not done to its end: they go on after a restart.
create table purge_jobs (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  primary key (room_id, event_id)
);

-- Files of other servers that events here show: a copy is kept for as long as one does.
create table remote_media_uses (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  server text collate "C" not null,
  media_id text collate "C" not null,
  channel_id text collate "C" not null,
  primary key (room_id, event_id, server, media_id)
);
create index remote_media_uses_file on remote_media_uses (server, media_id);

-- Few rows each; asked for by what comes in.
create index events_soft_failed on events (room_id, received_ts) where outcome = 'soft_failed';
create index events_rare on events (room_id, type)
  where type in ('m.purge', 'm.merge', 'm.guild.owner');
create index events_unfilled on events (received_ts)
  where withheld and redacted_by is null and outcome <> 'rejected';
