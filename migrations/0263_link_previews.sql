-- What the pages behind links say of themselves, and which messages show it
-- (server/services/previews). A cache: whatever is lost here is only shown no longer.
create table link_previews (
  -- Random: who does not see a message with the link cannot name its picture.
  preview_id text collate "C" primary key,
  -- Normalized and without its fragment.
  url text collate "C" not null unique,
  -- `asked`: nothing is known yet; `none`: the page was reached and has no preview, or was not.
  state text not null default 'asked' check (state in ('asked', 'found', 'none')),
  host text,
  site text,
  title text,
  description text,
  picture_alt text,
  -- Known once the picture is stored; `blob_prefix` stands before its first byte does.
  picture_width int,
  picture_height int,
  picture_size bigint,
  blob_prefix text collate "C" unique,
  -- Until then nobody else asks: one request for a page at a time, whichever process makes it.
  asking_until bigint not null,
  -- Until then it is not asked for again.
  fresh_until bigint not null default 0,
  used_ts bigint not null,
  check (state <> 'found' or (host is not null and title is not null))
);
create index link_previews_by_use on link_previews (used_ts);

create table message_previews (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  place smallint not null,
  url text collate "C" not null references link_previews (url) on delete cascade,
  added_ts bigint not null,
  primary key (room_id, event_id, place)
);
create index message_previews_by_url on message_previews (url, added_ts);

-- The end of a picture, whoever ends it, is the end of its bytes.
create function link_preview_picture_ended() returns trigger language plpgsql as $$
begin
  if old.blob_prefix is not null and (tg_op = 'DELETE' or new.blob_prefix is distinct from old.blob_prefix) then
    insert into media_deletions (blob_prefix, due_ts) values (old.blob_prefix, 0)
    on conflict do nothing;
  end if;
  return null;
end $$;
create trigger link_preview_picture_ended after delete or update of blob_prefix on link_previews
  for each row execute function link_preview_picture_ended();
