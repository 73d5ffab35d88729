-- Files of other servers: what here names them, and the copies that were fetched.

-- Named its events alone.
drop table remote_media_uses;

-- Why a file of another server may be fetched and kept, and who may see it. A copy whose last
-- use goes, goes.
create table remote_media_uses (
  uri text collate "C" not null,
  kind text not null check (kind in ('event', 'avatar', 'icon', 'emoji')),
  -- Event id, user id, room id, or what names the emoji.
  subject text collate "C" not null,
  room_id text collate "C",
  channel_id text collate "C",
  -- What the content says of the file; pictures of profiles, guilds and emoji say nothing.
  blake3 text collate "C",
  size bigint,
  name text not null,
  created_ts bigint not null,
  primary key (uri, kind, subject)
);
create index remote_media_uses_by_subject on remote_media_uses (kind, subject);
create index remote_media_uses_by_room on remote_media_uses (room_id) where room_id is not null;

create table remote_media (
  uri text collate "C" primary key,
  -- `fetching` from before the first byte is stored until the last one is: what a crash leaves
  -- in between is found by its age.
  state text not null check (state in ('fetching', 'stored')),
  type text not null,
  inline boolean not null default false,
  size bigint not null,
  blake3 text collate "C",
  width int,
  height int,
  thumbhash text,
  -- [{name, width, height, size}]
  thumbnails jsonb not null default '[]',
  blob_prefix text collate "C" not null unique,
  fetched_ts bigint not null,
  -- About when somebody last asked for it; the longest unasked go first.
  used_ts bigint not null,
  check (state = 'fetching' or blake3 is not null)
);
create index remote_media_by_use on remote_media (used_ts);

-- The end of a copy, whoever ends it, is the end of its bytes.
create function remote_media_ended() returns trigger language plpgsql as $$
begin
  insert into media_deletions (blob_prefix, due_ts)
  select blob_prefix, 0 from ended on conflict do nothing;
  return null;
end $$;
create trigger remote_media_ended after delete on remote_media
  referencing old table as ended
  for each statement execute function remote_media_ended();

create function remote_media_use_ended() returns trigger language plpgsql as $$
begin
  delete from remote_media m
  where m.uri in (select uri from ended)
    and not exists (select from remote_media_uses u where u.uri = m.uri);
  return null;
end $$;
create trigger remote_media_use_ended after delete on remote_media_uses
  referencing old table as ended
  for each statement execute function remote_media_use_ended();
