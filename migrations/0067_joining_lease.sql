-- One process checks a room at a time; who died leaves it to another after this time.
alter table joining_rooms add column lease_until bigint not null default 0;
