import assert from "node:assert/strict";
import { TOTP } from "otpauth";
import { GOOD_PASSWORD, type TestAccounts, testAccounts } from "../../../tests/harness/accounts.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { parseKeyDocument, verifyKeyDocument } from "../../../core/keys/key_document.ts";
import { parseJsonText } from "../../../core/event/json_parse.ts";
import { StrictVerifier } from "../../../core/event/verify.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { openKeys } from "../../keys/open_keys.ts";
import { authenticate } from "../../services/accounts/authenticate.ts";
import { setAdministrator, suspendUser } from "../../services/accounts/set_account_state.ts";
import { createApp } from "../app.ts";
import { keyDocumentRoute } from "../well_known/key_document.ts";
import { serverDocumentRoute } from "../well_known/server_document.ts";
import { accountRoutes } from "./account_routes.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: ReturnType<typeof JSON.parse>;
}

interface Asked {
  readonly body?: unknown;
  readonly bearer?: string;
  readonly cookie?: string;
  readonly origin?: string;
  readonly secure?: boolean;
}

interface Served extends AsyncDisposable {
  readonly accounts: TestAccounts;
  ask(method: string, path: string, asked?: Asked): Promise<Answer>;
}

/** All routes of accounts on the real app; results are checked against their schemas. */
async function serve(options: Parameters<typeof testAccounts>[0] = {}): Promise<Served> {
  const accounts = await testAccounts(options);
  const { deps } = accounts;
  const folder = await tempFolder();
  const keys = await openKeys({ ...deps, dataFolder: folder.path });
  const http = {
    ...deps,
    trial: false,
    version: "0.0.1",
    sourceUrl: "https://example.org/source",
    signer: keys.signer,
    keyHolder: keys.holder,
    wakeErasures: () => undefined,
  };
  const app = createApp({
    routes: accountRoutes(http),
    plainRoutes: [keyDocumentRoute(http), serverDocumentRoute(http)],
    clock: deps.clock,
    rng: deps.rng,
    log: deps.log,
    origins: ["https://example.org"],
    rates: {
      address: { name: "address", quota: 0, windowMs: 1000 },
      user: { name: "user", quota: 0, windowMs: 1000 },
    },
    rateKeyCount: 10,
    checkResults: true,
    authenticate: (credentials, from) => authenticate(deps, credentials, from),
  });
  return {
    accounts,
    async ask(method, path, { body, bearer, cookie, origin, secure = true } = {}) {
      const headers = new Headers({ host: "example.org" });
      if (bearer !== undefined) headers.set("authorization", `Bearer ${bearer}`);
      if (cookie !== undefined) headers.set("cookie", cookie);
      if (origin !== undefined) headers.set("origin", origin);
      if (body !== undefined) headers.set("content-type", "application/json");
      const response = await app.fetch(
        new Request(`https://example.org${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        { address: "10.0.0.1", secure },
      );
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await keys[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const OPEN = { pinned: { registration_mode: "open" } } as const;
const ALICE = { user_name: "alice", password: GOOD_PASSWORD };
const OWN = "https://example.org";

Deno.test("a page registers, acts and signs out with its cookie", async () => {
  await using test = await serve(OPEN);
  const { ask } = test;
  const made = await ask("POST", "/client/v1/register", {
    body: { ...ALICE, transport: "cookie" },
    origin: OWN,
  });
  assert.equal(made.status, 200, made.text);
  assert.equal(made.json.tokens, null);
  const set = made.headers.get("set-cookie") ?? "";
  assert.match(
    set,
    /^__Host-og_session=ogc_[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
  );
  const cookie = set.split(";")[0] ?? "";
  const self = await ask("GET", "/client/v1/account", { cookie });
  assert.equal(self.json.user.id, "@alice:example.org");
  const patch = { cookie, body: { display_name: "Alice" } };
  assert.equal((await ask("PATCH", "/client/v1/account", patch)).json.error.code, "bad_origin");
  const evil = { ...patch, origin: "https://evil.example" };
  assert.equal((await ask("PATCH", "/client/v1/account", evil)).json.error.code, "bad_origin");
  const good = await ask("PATCH", "/client/v1/account", { ...patch, origin: OWN });
  assert.equal(good.json.user.display_name, "Alice");
  const out = await ask("POST", "/client/v1/logout", { cookie, origin: OWN });
  assert.match(out.headers.get("set-cookie") ?? "", /^__Host-og_session=; .*Max-Age=0/);
  assert.equal((await ask("GET", "/client/v1/account", { cookie })).status, 401);
  const again = await ask("POST", "/client/v1/login", {
    body: { ...ALICE, transport: "cookie" },
    origin: "https://evil.example",
  });
  assert.equal(again.json.error.code, "bad_origin");
  const plain = await ask("POST", "/client/v1/login", {
    body: { ...ALICE, transport: "cookie" },
    secure: false,
  });
  assert.match(plain.headers.get("set-cookie") ?? "", /^og_session=ogc_[^;]+;(?!.*Secure)/);
});

Deno.test("a program signs in, refreshes, lists and ends its sessions with tokens", async () => {
  await using test = await serve(OPEN);
  const { ask } = test;
  const { json: first } = await ask("POST", "/client/v1/register", { body: ALICE });
  const { json: second } = await ask("POST", "/client/v1/login", {
    body: { ...ALICE, device_name: "Laptop" },
  });
  const bearer = second.tokens.access_token;
  const { json: list } = await ask("GET", "/client/v1/sessions", { bearer });
  assert.equal(list.sessions.length, 2);
  assert.equal(list.sessions.find((s: { current: boolean }) => s.current).device_name, "Laptop");
  const refreshed = await ask("POST", "/client/v1/refresh", {
    body: { refresh_token: second.tokens.refresh_token },
  });
  assert.equal(refreshed.status, 200);
  const gone = await ask("DELETE", `/client/v1/sessions/${first.session_id}`, { bearer });
  assert.equal(gone.status, 200);
  const dead = await ask("GET", "/client/v1/account", { bearer: first.tokens.access_token });
  assert.equal(dead.status, 401);
  const wrong = await ask("POST", "/client/v1/login", { body: { ...ALICE, password: "no" } });
  assert.deepEqual([wrong.status, wrong.json.error.code], [401, "bad_credentials"]);
  const weak = await ask("POST", "/client/v1/account/password", {
    bearer,
    body: { current_password: GOOD_PASSWORD, new_password: "password" },
  });
  assert.deepEqual([weak.status, weak.json.error.code], [400, "weak_password"]);
  assert.equal((await ask("DELETE", "/client/v1/sessions", { bearer })).json.sessions_ended, 0);
  const invisible = await ask("PUT", "/client/v1/account/presence", {
    bearer,
    body: { presence: "invisible" },
  });
  assert.equal(invisible.json.presence, "invisible");
});

Deno.test("an account with an app signs in by two steps, with a cookie too", async () => {
  await using test = await serve(OPEN);
  const { ask, accounts: { deps } } = test;
  const { json: first } = await ask("POST", "/client/v1/register", { body: ALICE });
  const bearer = first.tokens.access_token;
  const app = "/client/v1/account/second-factor";
  const begun = await ask("POST", `${app}/totp`, { bearer, body: { password: GOOD_PASSWORD } });
  assert.equal(begun.status, 200, begun.text);
  const totp = new TOTP({ secret: begun.json.secret });
  const code = totp.generate({ timestamp: deps.clock.now() });
  const { json: on } = await ask("POST", `${app}/totp/confirm`, { bearer, body: { code } });
  assert.equal(on.recovery_codes.length, 10);
  const login = { body: { ...ALICE, transport: "cookie" }, origin: OWN };
  const asked = await ask("POST", "/client/v1/login", login);
  assert.equal(asked.status, 401);
  assert.equal(asked.headers.get("set-cookie"), null);
  assert.equal(asked.json.error.code, "second_factor_required");
  const { challenge } = asked.json.error.details;
  const finish = (typed: string, origin = OWN) =>
    ask("POST", "/client/v1/login/second-factor", {
      body: { challenge, code: typed, transport: "cookie" },
      origin,
    });
  assert.equal((await finish(code)).json.error.code, "bad_code");
  const foreign = await finish(on.recovery_codes[0], "https://evil.example");
  assert.equal(foreign.json.error.code, "bad_origin");
  const done = await finish(on.recovery_codes[0]);
  assert.equal(done.status, 200, done.text);
  const cookie = (done.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.equal((await ask("GET", app, { cookie })).json.recovery_codes_left, 9);
  const own = { bearer, body: { password: GOOD_PASSWORD, code: on.recovery_codes[1] } };
  const { json: renewed } = await ask("POST", `${app}/recovery-codes`, own);
  assert.equal(renewed.recovery_codes.length, 10);
  const off = { ...own, body: { ...own.body, code: renewed.recovery_codes[0] } };
  assert.equal((await ask("POST", `${app}/totp/remove`, off)).status, 200);
  assert.equal((await ask("GET", app, { bearer })).json.totp, false);
  assert.equal((await ask("POST", "/client/v1/login", login)).status, 200);
});

Deno.test("public facts, name checks and codes are answered without signing in", async () => {
  await using test = await serve();
  const { ask } = test;
  const facts = await ask("GET", "/client/v1/server");
  assert.deepEqual(facts.json, {
    name: "example.org",
    trial: false,
    version: "0.0.1",
    public_url: "https://example.org",
    mail: true,
    login_providers: [],
    passkey_origin: "https://example.org",
    public_url_local: false,
    registration: { mode: "invite", invite_links: true, approval: false, email: false },
    needs_first_administrator: true,
    source_url: "https://example.org/source",
    abuse_contact: null,
    title: null,
    description: null,
    notice: null,
  });
  assert.equal((await ask("GET", "/client/v1/user-names/alice")).json.available, true);
  assert.equal((await ask("GET", "/client/v1/join-tokens/nonsense")).status, 404);
  assert.equal((await ask("GET", "/client/v1/reset/nonsense")).status, 404);
  assert.equal((await ask("GET", "/client/v1/users/@alice:example.org")).status, 401);
});

Deno.test("a suspended account may read and sign out, and change nothing", async () => {
  await using test = await serve(OPEN);
  const { accounts, ask } = test;
  const bearer = await accounts.token("alice");
  const userId = "@alice:example.org" as UserId;
  await suspendUser(accounts.deps, { actor: null, userId, reason: null, suspended: true });
  assert.equal((await ask("GET", "/client/v1/account", { bearer })).status, 200);
  const patch = await ask("PATCH", "/client/v1/account", { bearer, body: { bio: "x" } });
  assert.deepEqual([patch.status, patch.json.error.code], [403, "account_suspended"]);
  assert.equal((await ask("POST", "/client/v1/logout", { bearer })).status, 200);
});

Deno.test("administration is for administrators who have just confirmed who they are", async () => {
  await using test = await serve(OPEN);
  const { accounts, ask } = test;
  const bearer = await accounts.token("chief");
  await accounts.token("alice");
  const users = "/client/v1/admin/users";
  assert.equal((await ask("GET", users, { bearer })).json.error.code, "forbidden");
  const chief = "@chief:example.org" as UserId;
  await setAdministrator(accounts.deps, { actor: null, userId: chief, reason: null, admin: true });
  const { json: page } = await ask("GET", `${users}?limit=1`, { bearer });
  assert.deepEqual([page.total, page.users.length, typeof page.next], [2, 1, "string"]);
  const { json: rest } = await ask(
    "GET",
    `${users}?limit=1&before=${encodeURIComponent(page.next)}`,
    { bearer },
  );
  assert.deepEqual([rest.users.length, rest.next], [1, null]);
  const alice = `${users}/@alice:example.org`;
  const lock = { bearer, body: { locked: true, reason: "spam" } };
  assert.equal((await ask("PUT", `${alice}/lock`, lock)).json.state, "locked");
  assert.equal((await ask("GET", alice, { bearer })).json.user.state_reason, "spam");
  accounts.deps.clock.advance(11 * 60_000);
  const late = await ask("PUT", `${alice}/lock`, { bearer, body: { locked: false } });
  assert.deepEqual([late.status, late.json.error.code], [401, "confirmation_required"]);
  await ask("POST", "/client/v1/account/confirm", { bearer, body: { password: GOOD_PASSWORD } });
  assert.equal(
    (await ask("PUT", `${alice}/lock`, { bearer, body: { locked: false } })).json.state,
    "active",
  );
  const link = (await ask("POST", `${alice}/reset-link`, { bearer })).json.url as string;
  const token = link.split("/reset/")[1] ?? "";
  assert.equal((await ask("GET", `/client/v1/reset/${token}`)).json.user_name, "alice");
  assert.equal((await ask("DELETE", `${alice}/sessions`, { bearer })).json.sessions_ended, 1);
  const made = await ask("POST", "/client/v1/admin/registration-tokens", { bearer, body: {} });
  assert.equal(made.json.max_uses, 1);
  const look = await ask("GET", `/client/v1/join-tokens/${made.json.code}`);
  assert.equal(look.json.kind, "registration");
  const before = (await ask("GET", "/client/v1/admin/keys", { bearer })).json.keys;
  const rotated = await ask("POST", "/client/v1/admin/keys/rotate", { bearer });
  assert.equal(rotated.json.state, "current");
  assert.notEqual(rotated.json.key_id, before[0].key_id);
  const pinned = await ask("PATCH", "/client/v1/admin/settings", {
    bearer,
    body: { registration_mode: "closed" },
  });
  assert.equal(pinned.json.error.code, "conflict");
  const { json: audit } = await ask("GET", "/client/v1/admin/audit", { bearer });
  assert.equal(audit.entries[0].action, "key.rotate");
});

Deno.test("an account is ended by its owner with its name typed, and hears what stays", async () => {
  await using test = await serve(OPEN);
  const { accounts, ask } = test;
  const bearer = await accounts.token("alice");
  const end = (user_name: string) =>
    ask("POST", "/client/v1/account/deactivate", { bearer, body: { user_name } });
  assert.equal((await end("alicia")).json.error.code, "invalid");
  const done = await end("alice");
  assert.match(done.json.stays.join(" "), /Messages you sent stay/);
  assert.equal((await ask("GET", "/client/v1/account", { bearer })).status, 401);
});

Deno.test("other servers find the host and verify the keys", async () => {
  await using test = await serve();
  const { accounts, ask } = test;
  const place = await ask("GET", "/.well-known/openguild/server");
  assert.deepEqual(place.json, {
    server: "example.org",
    host: "example.org",
    port: 443,
    trial: false,
  });
  const keys = await ask("GET", "/.well-known/openguild/keys");
  const parsed = parseJsonText(keys.text);
  const document = parsed.ok ? parseKeyDocument(parsed.value) : undefined;
  assert.ok(document !== undefined);
  const nowMs = accounts.deps.clock.now();
  assert.ok(await verifyKeyDocument(document, { verifier: new StrictVerifier(), nowMs }));
});
