-- The control graph in the order in which it was stored, for servers that read it page by page.
create index events_control_order on events (room_id, received_ts, writer_id, position)
  where channel_id is null;
