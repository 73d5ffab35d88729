-- Invites by users of other servers into rooms that nobody of this server is in. They are their
-- user's to answer: declining one needs nobody else.
create table received_invites (
  user_id text collate "C" not null,
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  sender text collate "C" not null,
  origin text collate "C" not null,
  -- Kind of the room: guild, private, dm, group_dm.
  kind text not null,
  received_ts bigint not null,
  expires_ts bigint,
  -- What it is shown with; null where the inviter's server told nothing of it.
  name text,
  icon text,
  -- A private room's guild.
  guild_id text collate "C",
  -- Further servers of the room, for when the inviter's is away.
  servers text[] not null,
  -- The signed invite, as it came.
  pdu text not null,
  primary key (user_id, room_id)
);
create index received_invites_origin on received_invites (origin);

-- Rooms that are being joined: shown at once, readable, and checked event by event meanwhile.
create table joining_rooms (
  room_id text collate "C" primary key,
  user_id text collate "C" not null,
  -- The server that accepted the join, and others of the room.
  helper text not null,
  servers text[] not null,
  -- The accepted join and what came with it: {"pdu", "state", "channels", "keys"}.
  answer text not null,
  done int not null,
  total int not null,
  started_ts bigint not null,
  -- Messages shown on the helper's word, until they come again through the checks.
  shown text[] collate "C" not null default '{}'
);

-- Roles that invite links promised to users of other servers, given once they have joined.
create table link_grants (
  room_id text collate "C" not null,
  user_id text collate "C" not null,
  author text collate "C" not null,
  role_id text not null,
  created_ts bigint not null,
  primary key (room_id, user_id)
);
