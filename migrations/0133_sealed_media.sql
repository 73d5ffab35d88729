-- Uploads whose bytes are encrypted: nothing was looked into, so they go into sealed messages alone.
alter table media add column sealed boolean not null default false;
