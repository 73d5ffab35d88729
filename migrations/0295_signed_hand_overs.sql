-- Hand-overs of group conversations that this server has signed for one of its users and has not seen
-- yet: who leaves meanwhile waits a moment for them. See server/federation/owner_offers.ts.
create table signed_hand_overs (
  room_id text not null,
  user_id text not null,
  signed_ts bigint not null,
  primary key (room_id, user_id)
);
