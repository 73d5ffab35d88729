-- Messages that people reported to those who run this server. What was said is kept as it was when
-- it was reported, until some time after the report was closed.
create table message_reports (
  report_id text primary key,
  reporter text not null,
  room_id text not null,
  channel_id text not null,
  event_id text not null,
  author text not null,
  said_ts bigint not null,
  reason text not null,
  note text,
  -- Sealed: the words were opened here with keys that the reporter's device gave.
  sealed boolean not null,
  -- [{event_id, ts, body, files}], oldest first; null: forgotten.
  wordings jsonb,
  created_ts bigint not null,
  outcome text,
  closed_by text,
  closed_ts bigint,
  closing_note text
);
create unique index message_reports_open on message_reports (room_id, event_id, reporter)
  where outcome is null;
create index message_reports_time on message_reports (created_ts desc, report_id);
create index message_reports_reporter on message_reports (reporter) where outcome is null;
create index message_reports_author on message_reports (author);
create index message_reports_closed on message_reports (closed_ts) where closed_ts is not null;
