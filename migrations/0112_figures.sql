-- What each process measures of itself, a row every five minutes; kept for two days.
create table process_figures (
  process text not null,
  -- Begin of the five minutes (ms).
  ts bigint not null,
  messages int not null,
  requests int not null,
  -- Answers that were this server's fault (5xx).
  failures int not null,
  -- Most at once.
  sockets int not null,
  memory_bytes bigint not null,
  -- Most writes that waited for the database at once.
  waiting int not null,
  commits int not null,
  -- Time of all commits together, and of the slowest (ms).
  commit_sum_ms double precision not null,
  commit_max_ms double precision not null,
  primary key (process, ts)
);
create index process_figures_ts on process_figures (ts);

-- The whole server, a row an hour: all processes added up, and how large it is; kept for 400 days.
create table hourly_figures (
  -- Begin of the hour (ms).
  ts bigint primary key,
  messages int not null,
  requests int not null,
  failures int not null,
  sockets int not null,
  memory_bytes bigint not null,
  waiting int not null,
  commits int not null,
  commit_sum_ms double precision not null,
  commit_max_ms double precision not null,
  -- At the end of the hour.
  accounts int not null,
  -- Accounts that were seen within the day before.
  active int not null,
  database_bytes bigint not null,
  media_bytes bigint not null
);
