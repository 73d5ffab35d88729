-- Styles of their own that users lay over the pages, for themselves alone.
create table own_styles (
  user_id text collate "C" primary key references users,
  css text not null check (length(css) between 1 and 16384)
);
