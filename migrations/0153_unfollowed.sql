-- A device that comes in from outside says whose change it could not follow: by its epoch.
alter table mls_commits add column unfollowed bigint;
