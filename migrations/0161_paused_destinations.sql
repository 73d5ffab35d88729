-- Since when an administrator has paused what is sent to a server; null: it is sent.
alter table destinations add column paused_ts bigint;
