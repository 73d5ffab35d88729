-- What nobody gave is asked for again later and later.
alter table event_gaps add column tries int not null default 0;
alter table event_gaps add column next_try_ts bigint not null default 0;
