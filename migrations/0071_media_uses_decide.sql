-- Whether a file stays is decided by its uses alone, whoever writes them and in whatever order:
-- the first use ends its expiry, the end of the last one makes it due. The rows of the files are
-- locked first, so that of two transactions that end the last two uses the second sees the first.
create function media_use_began() returns trigger language plpgsql as $$
begin
  update media set expires_ts = null
  where expires_ts is not null and media_id in (select media_id from began);
  return null;
end $$;

create trigger media_use_began after insert on media_uses
  referencing new table as began
  for each statement execute function media_use_began();

create function media_use_ended() returns trigger language plpgsql as $$
begin
  perform 1 from media where media_id in (select media_id from ended)
  order by media_id for update;
  update media set expires_ts = 0
  where media_id in (select media_id from ended)
    and not exists (select from media_uses where media_uses.media_id = media.media_id);
  return null;
end $$;

create trigger media_use_ended after delete on media_uses
  referencing old table as ended
  for each statement execute function media_use_ended();
