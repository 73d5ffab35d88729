-- What comes in from other servers. PROTOCOL.md 7 and 8.

-- Events that cannot be judged yet, because something they cite or a key entry is not held. One
-- row for each server that handed a copy in: one of the copies may be forged.
create table waiting_events (
  room_id text collate "C" not null,
  event_id text collate "C" not null,
  origin text collate "C" not null,
  door text collate "C" not null,
  received_ts bigint not null,
  -- Canonical JSON of the PDU as it came.
  pdu text not null,
  -- Events that are cited and not held.
  missing text[] collate "C" not null,
  -- Key entries that are not held: server, space, key id.
  missing_keys text[] collate "C" not null,
  attempts int not null,
  -- Not looked after before; moved ahead while somebody does.
  due_ts bigint not null,
  primary key (room_id, event_id, origin)
);
create index waiting_events_missing on waiting_events using gin (missing);
create index waiting_events_due on waiting_events (due_ts);
create index waiting_events_origin on waiting_events (origin);

-- How receipts ended that did not end in acceptance, for administrators. The oldest go.
create table inbound_receipts (
  receipt_id bigint generated always as identity primary key,
  received_ts bigint not null,
  door text collate "C" not null,
  origin text collate "C" not null,
  outcome text collate "C" not null,
  reason text not null,
  room_id text collate "C",
  event_id text collate "C",
  sender text collate "C",
  type text collate "C"
);
create index inbound_receipts_origin on inbound_receipts (origin, receipt_id desc);
create index inbound_receipts_event on inbound_receipts (event_id) where event_id is not null;

-- Transactions that were answered: a repetition gets the same answer.
create table inbound_transactions (
  origin text collate "C" not null,
  txn_id text collate "C" not null,
  body_hash bytea not null,
  received_ts bigint not null,
  answer text not null,
  primary key (origin, txn_id)
);
create index inbound_transactions_age on inbound_transactions (received_ts);
