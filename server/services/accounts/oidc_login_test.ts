import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { PinnedSettings } from "./pinned_settings.ts";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { startOidcProvider, type TestProvider } from "../../../tests/harness/oidc_provider.ts";
import { refused } from "../../../tests/harness/refused.ts";
import { guardWithApp } from "../../../tests/harness/second_factor.ts";
import type { OidcProvider } from "../../config/oidc_providers.ts";
import { Secret } from "../../config/secret.ts";
import { authenticate } from "./authenticate.ts";
import { logIn } from "./login.ts";
import { FLOW_MS } from "./oidc_flow.ts";
import { listOidcLinks, removeOidcLink } from "./oidc_links.ts";
import { beginOidc, finishOidc, finishOidcLink, registerWithOidc } from "./oidc_login.ts";
import { lockUser } from "./set_account_state.ts";
import { sweepAccounts } from "./sweep_accounts.ts";

const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const REDIRECT = "https://example.org/oidc/club/callback";
const PHONE = {
  address: "10.1.0.1",
  device: { transport: "token", name: "Phone", address: null },
} as const;

interface World extends AsyncDisposable {
  readonly accounts: TestAccounts;
  readonly provider: TestProvider;
}

async function world(
  options: { pinned?: PinnedSettings; provider?: Partial<OidcProvider> } = {},
): Promise<World> {
  const provider = await startOidcProvider(REDIRECT);
  const configured = {
    id: "club",
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: new Secret(provider.clientSecret),
    label: "Work",
    admits: false,
    private: true,
    ...options.provider,
  };
  const accounts = await testAccounts({
    providers: [configured],
    ...(options.pinned ? { pinned: options.pinned } : {}),
  });
  return {
    accounts,
    provider,
    async [Symbol.asyncDispose]() {
      await accounts[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** Somebody goes to the provider and comes back: what the server has then. */
async function visit({ accounts, provider }: World, login: string, userId: UserId | null = null) {
  const begun = await beginOidc(accounts.deps, { provider: "club", userId, address: "10.1.0.1" });
  return { flow: begun.flow, query: await provider.visit(begun.url, login) };
}

const finish = ({ accounts }: World, back: { flow: string; query: string }) =>
  finishOidc(accounts.deps, { ...back, ...PHONE });

const register = ({ accounts }: World, flow: string, userName: string, token?: string) =>
  registerWithOidc(accounts.deps, { flow, userName, displayName: null, token, ...PHONE });

const link = async (test: World, login: string, userId: UserId) =>
  await finishOidcLink(test.accounts.deps, { ...await visit(test, login, userId), userId });

Deno.test("who is linked signs in; a like name alone opens nothing, and a way in stays", async () => {
  await using test = await world();
  const { deps } = test.accounts;
  await test.accounts.account("alice");
  await test.accounts.account("bob");
  const stranger = await finish(test, await visit(test, "alice"));
  assert.equal(stranger.state, "unknown");
  await link(test, "alice", ALICE);
  const end = await finish(test, await visit(test, "alice"));
  assert.ok(end.state === "signed_in");
  assert.equal(end.started.grant.user_id, ALICE);
  const bearer = end.started.grant.tokens?.access_token ?? "";
  assert.ok(await authenticate(deps, { bearer }));
  const [held] = await listOidcLinks(deps, ALICE);
  assert.equal(held?.label, "Work");
  assert.equal(held?.name, "alice of the office");
  assert.equal(held?.last_used_ts, deps.clock.now());
  // Linking the same once more changes nothing; it opens one account alone.
  await link(test, "alice", ALICE);
  await refused(link(test, "alice", BOB), "conflict");
  const id = held?.id ?? "";
  await refused(removeOidcLink(deps, { userId: BOB, id }), "not_found");
  await removeOidcLink(deps, { userId: ALICE, id });
  assert.equal((await finish(test, await visit(test, "alice"))).state, "unknown");
  await link(test, "alice", ALICE);
  await deps.sql`delete from credentials where user_id = ${ALICE}`;
  const [last] = await listOidcLinks(deps, ALICE);
  await refused(removeOidcLink(deps, { userId: ALICE, id: last?.id ?? "" }), "conflict");
});

Deno.test("an answer counts once, for its own visit, in time, and for what it began as", async () => {
  await using test = await world();
  const { deps } = test.accounts;
  await test.accounts.account("alice");
  await link(test, "alice", ALICE);
  const back = await visit(test, "alice");
  await finish(test, back);
  await refused(finish(test, back), "gone");
  // Another browser's answer: somebody would sign the visitor in to an account of their choice.
  const [one, other] = [await visit(test, "alice"), await visit(test, "mallory")];
  await refused(finish(test, { flow: one.flow, query: other.query }), "bad_provider");
  await refused(finish(test, { flow: "ogf_nonsense", query: other.query }), "gone");
  const forged = await visit(test, "alice");
  const query = forged.query.replace(/code=[^&]+/, "code=guessed");
  await refused(finish(test, { flow: forged.flow, query }), "bad_provider");
  const denied = await visit(test, "alice");
  const state = new URLSearchParams(denied.query).get("state");
  const no = `?error=access_denied&state=${state}`;
  await refused(finish(test, { flow: denied.flow, query: no }), "bad_provider");
  await refused(
    finishOidcLink(deps, { ...await visit(test, "eve"), userId: ALICE }),
    "gone",
  );
  await refused(finish(test, await visit(test, "eve", ALICE)), "gone");
  const late = await visit(test, "alice");
  deps.clock.advance(FLOW_MS);
  await refused(finish(test, late), "gone");
  await sweepAccounts(deps);
  assert.equal((await deps.sql`select 1 from oidc_flows`).length, 0);
});

Deno.test("a new account needs an invitation, unless the provider admits its people", async () => {
  await using test = await world();
  const back = await visit(test, "carol");
  const end = await finish(test, back);
  assert.ok(end.state === "unknown");
  assert.deepEqual([end.person.userName, end.person.name], ["carol", "carol of the office"]);
  await refused(register(test, back.flow, "carol"), "registration_closed");
  await refused(register(test, back.flow, "carol", "no-such-code"), "gone");
  await refused(register(test, "ogf_nonsense", "carol"), "gone");
  await using choosy = await world({
    pinned: { registration_mode: "open", registration_approval: true },
  });
  const waiting = await visit(choosy, "carol");
  await finish(choosy, waiting);
  await refused(register(choosy, waiting.flow, "carol"), "registration_closed");
  await using admitting = await world({
    pinned: { registration_mode: "closed" },
    provider: { admits: true },
  });
  const { deps } = admitting.accounts;
  const came = await visit(admitting, "carol");
  await refused(register(admitting, came.flow, "carol"), "gone");
  await finish(admitting, came);
  await refused(register(admitting, came.flow, "a"), "bad_user_name");
  const made = await register(admitting, came.flow, "carol");
  assert.equal(made.grant.user_id, "@carol:example.org");
  await refused(register(admitting, came.flow, "carol2"), "gone");
  const again = await finish(admitting, await visit(admitting, "carol"));
  assert.equal(again.state, "signed_in");
  const [row] = await deps.sql`select created_by, admin from users where local = 'carol'`;
  assert.deepEqual({ ...row }, { created_by: "oidc:club", admin: false });
  await refused(
    logIn(deps, { userName: "carol", password: GOOD_PASSWORD, ...PHONE }),
    "bad_credentials",
  );
});

Deno.test("an app's second step is asked for here, too; a locked account stays locked", async () => {
  await using test = await world();
  const { deps } = test.accounts;
  await test.accounts.account("alice");
  await link(test, "alice", ALICE);
  await guardWithApp(deps, ALICE);
  await refused(finish(test, await visit(test, "alice")), "second_factor_required");
  await lockUser(deps, { actor: null, userId: ALICE, reason: null, locked: true });
  await refused(finish(test, await visit(test, "alice")), "account_locked");
});

Deno.test("G23: a provider at a private address, or with a wrong secret, is not spoken to", async () => {
  const begin = (test: World) =>
    beginOidc(test.accounts.deps, { provider: "club", userId: null, address: "10.1.0.1" });
  await using unchecked = await world({ provider: { private: false } });
  await refused(begin(unchecked), "unavailable");
  await using secret = await world({ provider: { clientSecret: new Secret("guessed") } });
  await refused(finish(secret, await visit(secret, "alice")), "bad_provider");
  await refused(
    beginOidc(secret.accounts.deps, { provider: "x", userId: null, address: "10.1.0.1" }),
    "not_found",
  );
});
