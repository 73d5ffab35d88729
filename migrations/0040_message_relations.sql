-- What points at a message: replies, edits, reactions, pins. Derived from the events,
-- written in their transaction, so that a page of messages is two queries.
create table message_relations (
  room_id text not null,
  event_id text not null,
  channel_id text not null,
  target_id text not null,
  kind text not null check (kind in ('reply', 'edit', 'reaction', 'pin', 'thread')),
  sender text not null,
  -- reaction: its key; pin: 'on' or 'off'; else empty
  key text not null default '',
  ord bigint not null,
  primary key (room_id, event_id)
);
create index message_relations_target on message_relations (room_id, target_id, kind);
create index message_relations_pins on message_relations (room_id, channel_id, ord) where kind = 'pin';

-- Who a message pings: a user id, '&' and a role id, or 'everyone'. One row a target,
-- never one a reader.
create table message_mentions (
  room_id text not null,
  channel_id text not null,
  target text not null,
  ord bigint not null,
  event_id text not null,
  sender text not null,
  primary key (room_id, channel_id, target, ord, event_id)
);
create index message_mentions_event on message_mentions (room_id, event_id);

-- Who redacted what, and why; the content itself is gone from the event's row.
create table message_redactions (
  room_id text not null,
  target_id text not null,
  event_id text not null,
  sender text not null,
  reason text,
  primary key (room_id, target_id)
);
