-- When a status goes by itself; null: it stays until it is changed.
alter table profiles add column status_until bigint;
create index profiles_status_until on profiles (status_until) where status_until is not null;
