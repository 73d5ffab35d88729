-- Words are put into the index many messages at a time: one by one, each of them was looked for in
-- its tree anew. Every search reads what is pending, so there is never more of it than 64 kB, the
-- least that Postgres can be told (4 MB are usual).
alter index message_search_words set (fastupdate = on, gin_pending_list_limit = 64);
