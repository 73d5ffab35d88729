-- What an account wants to be told of, where that is not the default; see core/api/notify.ts.
create table notify_settings (
  user_id text collate "C" not null,
  room_id text collate "C" not null,
  -- Empty: the whole guild.
  channel_id text collate "C" not null,
  -- Null: as the guild, or as it is by default.
  level text check (level in ('all', 'mentions', 'nothing')),
  suppress_everyone boolean not null,
  suppress_roles boolean not null,
  muted boolean not null,
  -- Null: until it is switched on again.
  muted_until bigint,
  changed_ts bigint not null,
  primary key (user_id, room_id, channel_id)
);
create index notify_settings_room on notify_settings (room_id);
