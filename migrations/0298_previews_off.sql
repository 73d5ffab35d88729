-- Previews that were taken off a message (key: 'managed' by who has MANAGE_MESSAGES, else 'stated').
alter table message_relations drop constraint message_relations_kind_check;
alter table message_relations add constraint message_relations_kind_check
  check (kind in ('reply', 'edit', 'reaction', 'sealed_reaction', 'pin', 'thread', 'vote',
    'poll_end', 'previews_off'));
