-- Files that people upload, and what uses them. The bytes are in the blob store.
create table media (
  media_id text collate "C" primary key,
  owner text collate "C" not null,
  -- `uploading` from before the first byte is stored until the last one is: what a crash leaves
  -- in between is found by its expiry.
  state text not null check (state in ('uploading', 'stored')),
  purpose text not null check (purpose in ('attachment', 'avatar', 'icon', 'emoji')),
  name text not null,
  type text not null,
  -- May be shown in place; everything else is only ever saved.
  inline boolean not null default false,
  -- While uploading: the bytes announced.
  size bigint not null check (size >= 0),
  blake3 text collate "C",
  width int,
  height int,
  thumbhash text,
  -- [{name, width, height, size}]
  thumbnails jsonb not null default '[]',
  -- Everything of this file is below it in the blob store, and nothing else is.
  blob_prefix text collate "C" not null unique,
  created_ts bigint not null,
  -- When it goes unless something uses it by then; null while something does.
  expires_ts bigint,
  check (state = 'uploading' or blake3 is not null)
);
create index media_by_owner on media (owner, created_ts);
create index media_by_expiry on media (expires_ts) where expires_ts is not null;

-- Why a file is kept, and who may see it. A file whose last use goes, goes.
create table media_uses (
  media_id text collate "C" not null references media (media_id),
  kind text not null check (kind in ('event', 'profile', 'avatar', 'icon', 'emoji')),
  -- Event id, user id, room id, or what names the emoji.
  subject text collate "C" not null,
  room_id text collate "C",
  channel_id text collate "C",
  created_ts bigint not null,
  primary key (media_id, kind, subject)
);
create index media_uses_by_subject on media_uses (kind, subject);
create index media_uses_by_room on media_uses (room_id) where room_id is not null;

-- Blobs to delete: written in the transaction that takes the row away, so that no crash can
-- lose a deletion.
create table media_deletions (
  blob_prefix text collate "C" primary key,
  due_ts bigint not null,
  tries int not null default 0
);
create index media_deletions_by_due on media_deletions (due_ts);

-- Sums per owner, kept by the trigger below: a quota is one row, locked by whoever adds to it.
create table media_owners (
  owner text collate "C" primary key,
  files bigint not null,
  bytes bigint not null
);

create function media_count() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    update media_owners set files = files - 1, bytes = bytes - old.size where owner = old.owner;
  end if;
  if tg_op <> 'DELETE' then
    insert into media_owners (owner, files, bytes) values (new.owner, 1, new.size)
    on conflict (owner) do update
      set files = media_owners.files + 1, bytes = media_owners.bytes + new.size;
  end if;
  return null;
end $$;

create trigger media_counted after insert or delete or update of size, owner on media
  for each row execute function media_count();
