-- Each index of the search has a mark of its own: another search server, or one that lost what it
-- had, is filled from the beginning, and a change back goes on where it was.
alter table message_search_mark
  add column index_id text collate "C" not null default 'postgres',
  drop column single,
  add primary key (index_id);
alter table message_search_mark alter column index_id drop default;
