-- Memberships with an end: how long those last that a link gives (seconds; null: for good), and
-- which members have one. The end itself is in the event.
alter table invites add column stay_s integer;
alter table link_grants alter column role_id drop not null;
alter table link_grants add column stay_s integer;
create index current_state_stays on current_state (room_id, state_key)
  where type = 'm.member.stay';
