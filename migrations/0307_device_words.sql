-- How often it was said that a copy is old: an answer that was asked for before the last word may be
-- of before it, and is not taken for the present.
alter table remote_device_lists add column words bigint not null default 0;
