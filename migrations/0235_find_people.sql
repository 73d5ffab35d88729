-- People of this server are found by the beginning of their names
-- (server/services/users/find_people.ts).
create index users_by_beginning on users (local text_pattern_ops);
create index profiles_by_beginning on profiles (lower(display_name) text_pattern_ops)
  where display_name is not null;
