-- Makes a send safe to repeat: the same nonce of the same sender is the same message.
create table send_nonces (
  sender text not null,
  nonce text not null,
  room_id text not null,
  event_id text not null,
  created_ts bigint not null,
  primary key (sender, nonce)
);
create index send_nonces_age on send_nonces (created_ts);
