-- Token buckets of sign-ups, logins and joins, shared by all processes. Unlogged: they
-- survive a clean restart; a crash of the database empties them, which gives whoever was
-- held back one fresh burst.
create unlogged table throttles (
  key text primary key,
  level double precision not null,
  updated_ts bigint not null,
  full_ts bigint not null
);
create index throttles_full on throttles (full_ts);
