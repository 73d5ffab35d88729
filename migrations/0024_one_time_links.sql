-- Links good for one use: the first administrator's, and those that set a new password.
create table one_time_links (
  token_hash bytea primary key,
  kind text not null check (kind in ('first_administrator', 'reset')),
  user_id text references users,
  created_ts bigint not null,
  expires_ts bigint not null,
  check ((kind = 'reset') = (user_id is not null))
);
create index one_time_links_kind on one_time_links (kind, created_ts);
create index one_time_links_user on one_time_links (user_id);
