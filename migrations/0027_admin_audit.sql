-- What administrators of the server did. Never changed, never deleted.
create table admin_audit (
  id bigint generated always as identity primary key,
  ts bigint not null,
  -- User id; null from the command line.
  actor text,
  action text not null,
  target text,
  reason text,
  details jsonb not null default '{}'
);
