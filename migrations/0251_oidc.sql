-- Accounts of outside OpenID providers that open an account here: made from inside its settings,
-- or with the account itself. An address of mail never links anything.
create table oidc_links (
  link_id text primary key,
  issuer text not null,
  -- What the provider calls its user, for ever.
  subject text not null,
  user_id text not null references users,
  -- How the provider named the user when the link was made, for people to tell links apart.
  name text,
  created_ts bigint not null,
  last_used_ts bigint,
  unique (issuer, subject)
);
create index oidc_links_user on oidc_links (user_id, created_ts);

-- Visits to a provider that have not come back, or wait for a name of the new account.
create table oidc_flows (
  flow_hash bytea primary key,
  provider text not null,
  -- Null: to sign in. Else the account that is to be linked.
  user_id text references users,
  state text not null,
  nonce text not null,
  verifier text not null,
  -- Once the provider has said who it is, where no account here is theirs.
  issuer text,
  subject text,
  name text,
  expires_ts bigint not null
);
create index oidc_flows_expiry on oidc_flows (expires_ts);
create index oidc_flows_user on oidc_flows (user_id);
