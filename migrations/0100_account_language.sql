-- The language a user reads the pages in, on all their devices; null: as each browser wishes.
alter table users add column language text check (length(language) between 2 and 35);
