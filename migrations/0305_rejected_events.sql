-- Few rows each: the rejected events that are remembered of a room, the oldest forgotten first.
create index events_rejected on events (room_id, received_ts) where outcome = 'rejected';
