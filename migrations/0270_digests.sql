-- Who wants a mail now and then about what waits for them. Absent: nobody does by themselves.
create table digests (
  user_id text collate "C" primary key references users,
  every text not null check (every in ('day', 'week')),
  -- 1 is Monday, 7 Sunday; of no use for every day.
  weekday int not null check (weekday between 1 and 7),
  hour int not null check (hour between 0 and 23),
  zone text not null,
  -- Stands in each mail, and can do nothing but end them.
  stop_token text collate "C" not null unique,
  -- What came until then was told, or came before it was chosen.
  told_ts bigint not null,
  -- When the next is due: moves on in the transaction that queues the mail.
  next_ts bigint not null
);
create index digests_due on digests (next_ts);
