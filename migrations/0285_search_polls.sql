-- Polls are found by `has:poll`; those that were indexed before it get the mark, too.
update message_search s set words = s.words || '''+poll'''::tsvector
from events e
where e.room_id = s.room_id and e.event_id = s.event_id and e.type = 'm.poll';
