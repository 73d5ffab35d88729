-- What is between an account of this server and somebody else, here or on another server; a pair
-- of accounts of this server has a row on each side. A row that says nothing is deleted.
create table relationships (
  user_id text collate "C" not null,
  other_id text collate "C" not null,
  -- asked: user asked other; asks: other asked user. Absent: nothing, or a block alone.
  bond text collate "C" check (bond in ('asked', 'asks', 'friend')),
  -- Never told to anybody but the user.
  blocked boolean not null default false,
  changed_ts bigint not null,
  primary key (user_id, other_id)
);
-- Who asks, by the server of the one who asks: each may have so many waiting here.
create index relationships_asking on relationships (split_part(other_id, ':', 2))
  where bond = 'asks';
create index relationships_other on relationships (other_id);
