-- What another server was not sent of a room that it is in and may come to have: of the whole
-- room ('') what was there before it came, of a channel what was passed over because nobody there
-- saw it. It is sent the ends of these graphs as soon as it sees them (PROTOCOL.md 8, "Who comes
-- in and who comes to see"), and until then a crash forgets none of them.
create table destination_missed (
  stay_id bigint not null references destination_stays on delete cascade,
  channel_id text collate "C" not null,
  primary key (stay_id, channel_id)
);

-- What was passed over before this was written down, nobody knows: every server counts as one that
-- has just come in.
insert into destination_missed (stay_id, channel_id)
  select stay_id, '' from destination_stays where until is null;
