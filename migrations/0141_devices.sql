-- Devices of the accounts of this server. A device is tied to a session: one whose session has
-- ended counts no more, and is taken away with a word to everybody whom that concerns. Only one
-- with a certificate takes part in encrypted conversations; without, it waits to be verified.
create table devices (
  user_id text not null references users,
  device_id text collate "C" not null,
  session_id text unique references sessions on delete set null,
  certificate bytea,
  -- Ed25519, as the certificate says; a device never changes it.
  signature_key bytea,
  name text not null,
  created_ts bigint not null,
  primary key (user_id, device_id),
  check ((certificate is null) = (signature_key is null))
);
create index devices_ended on devices (user_id) where session_id is null;

-- Messages from device to device, past the rooms; kept until the device has taken them in.
create table to_device (
  id bigint generated always as identity primary key,
  user_id text not null,
  device_id text collate "C" not null,
  from_id text collate "C" not null,
  from_device text collate "C",
  kind text not null,
  body bytea not null,
  sent_ts bigint not null,
  foreign key (user_id, device_id) references devices on delete cascade
);
create index to_device_inbox on to_device (user_id, device_id, id);
create index to_device_age on to_device (sent_ts);
