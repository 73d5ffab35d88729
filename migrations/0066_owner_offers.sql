-- Guilds that their owner wants to hand over to somebody of another server: offers that were
-- made here, and offers to users of this server. An ended one is deleted.
create table owner_offers (
  room_id text collate "C" not null,
  -- Who is to own it.
  user_id text collate "C" not null,
  -- The present owner.
  offered_by text collate "C" not null,
  created_ts bigint not null,
  -- When the user said yes; only shortly after it this server signs.
  accepted_ts bigint,
  primary key (room_id, user_id)
);
create index owner_offers_user on owner_offers (user_id);
