-- An event as the database's own JSON, which refuses the character U+0000 that an event may hold: one
-- of these in a name or a description, and every statement that looked into it failed.
create function event_json(pdu text) returns jsonb
  language sql immutable strict parallel safe
  return replace(pdu, '\u0000', '\ufffd')::jsonb;
