-- What people decided about themselves; no row means the defaults of the program.
create table user_preferences (
  user_id text primary key references users,
  -- Only what was chosen: {"dms_from": "shared", ...}; the program knows keys and defaults.
  chosen jsonb not null,
  changed_ts bigint not null
);
