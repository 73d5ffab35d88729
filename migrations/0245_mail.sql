-- The mail address of an account: somebody who reads its mail has said so. Others may have the same.
create table email_addresses (
  user_id text collate "C" primary key references users,
  -- As it was typed.
  address text not null,
  -- What it is found by: in lower case.
  folded text collate "C" not null,
  -- Of the pages at that time; for mails to who lets each browser choose.
  language text not null,
  verified_ts bigint not null
);
create index email_addresses_folded on email_addresses (folded);

-- Addresses that wait for somebody to open the link that was sent there; one an account.
create table email_claims (
  user_id text collate "C" primary key references users,
  address text not null,
  folded text collate "C" not null,
  language text not null,
  -- SHA-256 of the newest link's secret; null until it was sent.
  token_hash bytea unique,
  created_ts bigint not null,
  expires_ts bigint not null
);
create index email_claims_expiry on email_claims (expires_ts);

-- Mails that wait to be handed to the mail server. Links are made as a mail is sent: no secret
-- stands here.
create table outgoing_mails (
  id bigint generated always as identity primary key,
  kind text not null,
  -- Where it goes; null: where what it is about says so when it is sent.
  recipient text,
  language text not null,
  -- What the text needs beside links.
  about jsonb not null,
  created_ts bigint not null,
  -- Of no use to anybody afterwards.
  expires_ts bigint not null,
  next_try_ts bigint not null,
  tries int not null default 0
);
create index outgoing_mails_due on outgoing_mails (next_try_ts);
create index outgoing_mails_expiry on outgoing_mails (expires_ts);
