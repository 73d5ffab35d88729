-- Links by which people whose account has ended see what became of their erasure.
create table erasure_links (
  token_hash bytea primary key,
  user_id text not null,
  created_ts bigint not null,
  expires_ts bigint not null
);
create index erasure_links_expires on erasure_links (expires_ts);
