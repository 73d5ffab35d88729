-- Who looks different since a time: what a reader who comes back is told beside the log.
create index profiles_updated on profiles (updated_ts);
