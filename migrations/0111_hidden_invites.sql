-- Requests for a conversation that the addressee's settings keep out: shown to nobody, and found
-- when the addressee asks the sender in turn.
alter table received_invites add column hidden boolean not null default false;
