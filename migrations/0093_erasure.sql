-- Orders to take away what somebody wrote. PROTOCOL.md 6 (erasure).

-- Of people of this server: one row an order, and one a server that may hold what they wrote.
create table erasure_orders (
  user_id text collate "C" not null,
  seq bigint not null,
  before_ts bigint not null,
  created_ts bigint not null,
  primary key (user_id, seq)
);
create table erasure_receipts (
  user_id text collate "C" not null,
  seq bigint not null,
  -- This server's own name stands for what it holds itself.
  server text collate "C" not null,
  state text not null check (state in ('pending', 'done', 'refused')),
  tries int not null default 0,
  next_try_ts bigint not null,
  -- Events whose content went, and when, as the other server signed it.
  erased bigint,
  done_ts bigint,
  key_id text,
  signature text,
  error text,
  primary key (user_id, seq, server),
  foreign key (user_id, seq) references erasure_orders
);
create index erasure_receipts_due on erasure_receipts (next_try_ts) where state = 'pending';

-- Of people of other servers, carried out here: kept, because what is older may still arrive.
create table erasures_received (
  user_id text collate "C" not null,
  seq bigint not null,
  before_ts bigint not null,
  -- Null: in all rooms.
  rooms text[] collate "C",
  -- Null while it is being carried out.
  erased bigint,
  done_ts bigint,
  primary key (user_id, seq)
);
