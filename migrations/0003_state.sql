-- State after an event, or resolved from several: a snapshot, or what changed since another group.
create table state_groups (
  room_id text collate "C" not null,
  -- The event whose after-state this is, or the joined sorted ids of the heads it was resolved from.
  group_key text collate "C" not null,
  -- Null for a snapshot.
  base_key text collate "C",
  -- Deltas between this group and its snapshot; 0 for a snapshot.
  depth int not null,
  -- [[type, state_key, event_id | null], ...]; null takes the key away.
  entries text not null,
  primary key (room_id, group_key),
  check ((base_key is null) = (depth = 0))
) partition by hash (room_id);
create table state_groups_p00 partition of state_groups for values with (modulus 16, remainder 0);
create table state_groups_p01 partition of state_groups for values with (modulus 16, remainder 1);
create table state_groups_p02 partition of state_groups for values with (modulus 16, remainder 2);
create table state_groups_p03 partition of state_groups for values with (modulus 16, remainder 3);
create table state_groups_p04 partition of state_groups for values with (modulus 16, remainder 4);
create table state_groups_p05 partition of state_groups for values with (modulus 16, remainder 5);
create table state_groups_p06 partition of state_groups for values with (modulus 16, remainder 6);
create table state_groups_p07 partition of state_groups for values with (modulus 16, remainder 7);
create table state_groups_p08 partition of state_groups for values with (modulus 16, remainder 8);
create table state_groups_p09 partition of state_groups for values with (modulus 16, remainder 9);
create table state_groups_p10 partition of state_groups for values with (modulus 16, remainder 10);
create table state_groups_p11 partition of state_groups for values with (modulus 16, remainder 11);
create table state_groups_p12 partition of state_groups for values with (modulus 16, remainder 12);
create table state_groups_p13 partition of state_groups for values with (modulus 16, remainder 13);
create table state_groups_p14 partition of state_groups for values with (modulus 16, remainder 14);
create table state_groups_p15 partition of state_groups for values with (modulus 16, remainder 15);

-- The present state of each room, for questions: whose rooms, which members, which channels.
create table current_state (
  room_id text collate "C" not null,
  type text collate "C" not null,
  state_key text collate "C" not null,
  -- Null: the key was taken away by a resolution.
  event_id text collate "C",
  -- Of m.room.member: its content's membership.
  membership text collate "C",
  -- Lower-case words by which people look this entry up, e.g. a nickname.
  label text,
  primary key (room_id, type, state_key)
);
create index current_state_rooms_of_user on current_state (state_key, membership, room_id)
  where type = 'm.room.member';
create index current_state_members on current_state (room_id, membership, state_key)
  where type = 'm.room.member';

