-- The append log: writers, their batches, and what must leave the database afterwards.

-- Facts about this homeserver that belong to the database, not to a process.
create table server_facts (
  name text collate "C" primary key,
  value text not null
);

-- One row per start of a process. Numbered without gaps in the order in which the rows commit,
-- so that "all writers up to n" is a fact that never changes (server/postgres/sync_token.ts).
create table log_writers (
  writer_id int primary key,
  started_ts bigint not null,
  closed boolean not null default false,
  -- The last position of a closed writer: everything up to it is stored, nothing follows.
  final_position bigint
);

-- One row per batch that was stored, or given up. Its key is what a lost answer to COMMIT is
-- resolved with: whoever inserts the row first decides the fate of the batch.
create table log_batches (
  writer_id int not null,
  batch_no bigint not null,
  last_position bigint not null,
  -- The watermark as the writer knew it when it composed this batch: every batch up to
  -- settled_no is stored or given up, and every stored event up to settled_position readable.
  settled_no bigint not null,
  settled_position bigint not null,
  aborted boolean not null,
  primary key (writer_id, batch_no)
);

-- First statement of every batch. The shared lock of the writer keeps it from being closed
-- until the batch ends; a closed writer can store nothing. 76003 is LOCK_CLASS.writerBatches.
create function open_log_batch(
  writer int, batch bigint, last_pos bigint, settled bigint, settled_pos bigint
) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(76003, writer);
  if exists (select 1 from log_writers w where w.writer_id = writer and w.closed) then
    raise exception 'writer % is closed', writer using errcode = 'OG001';
  end if;
  insert into log_batches (writer_id, batch_no, last_position, settled_no, settled_position, aborted)
  values (writer, batch, last_pos, settled, settled_pos, false);
end $$;

-- Work that follows a commit, written in the same transaction (PROTOCOL.md 1, durability).
create table outbox (
  outbox_id bigint generated always as identity primary key,
  kind text collate "C" not null,
  -- Rows of one lane are handed out in order, one at a time; null: no order.
  lane text collate "C",
  payload jsonb not null,
  created_ts bigint not null,
  -- Not handed out before; moved ahead while a claim runs, so that a dead claimant's rows return.
  due_ts bigint not null,
  attempts int not null default 0
);
create index outbox_due on outbox (kind, due_ts, outbox_id);
create index outbox_lane on outbox (kind, lane, outbox_id) where lane is not null;
