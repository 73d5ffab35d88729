import assert from "node:assert/strict";
import { TOTP } from "otpauth";
import type { UserId } from "../../../core/ids/user_id.ts";
import { GOOD_PASSWORD, testAccounts } from "../../../tests/harness/accounts.ts";
import { runCli } from "../../../tests/harness/cli.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { LocalSigner } from "../../keys/local_signer.ts";
import { buildKeyDocument } from "../../keys/key_document.ts";
import { KeyFolder } from "../../keys/key_folder.ts";
import { createAccessToken } from "../../services/accounts/access_tokens.ts";
import { authenticate } from "../../services/accounts/authenticate.ts";
import { beginTotp, confirmTotp } from "../../services/accounts/second_factor.ts";
import { resetPassword } from "../../services/accounts/reset_password.ts";
import type { StoreParts } from "../context.ts";
import { systemRng } from "../../system/rng.ts";

async function prepare() {
  const accounts = await testAccounts();
  const folder = await tempFolder();
  const env = { DATABASE_URL: accounts.database.url, OPENGUILD_NAME: "example.org" };
  const run = (args: readonly string[], live?: StoreParts) =>
    runCli([...args, ...(live === undefined ? ["--data", folder.path] : [])], {
      workingFolder: folder.path,
      env,
      rng: systemRng,
      ...(live === undefined ? {} : { parts: { live } }),
    });
  const ok = async (...args: string[]) => {
    const { code, out, err } = await run(args);
    assert.equal(code, 0, err);
    return out;
  };
  return {
    accounts,
    folder,
    run,
    ok,
    async [Symbol.asyncDispose]() {
      await accounts[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("admin user makes, shows, locks and releases accounts", async () => {
  await using test = await prepare();
  const { accounts, ok, run } = test;
  const made = JSON.parse(await ok("admin", "user", "create", "root", "--admin", "--json"));
  assert.equal(made.user.id, "@root:example.org");
  assert.equal(made.user.admin, true);
  await resetPassword(accounts.deps, {
    token: made.reset.url.split("/reset/")[1],
    password: GOOD_PASSWORD,
    address: "10.0.0.1",
    device: { transport: "token", name: "Phone", address: null },
  });
  await ok("admin", "user", "create", "bob", "--display-name", "Bob \u001b[31m");
  const list = await ok("admin", "user", "list");
  assert.match(list, /^USER +NAME +STATE +ROLE/);
  assert.match(list, /root .*active +administrator/);
  assert.ok(!list.includes("\u001b"));
  assert.match(await ok("admin", "user", "list", "--query", "nobody"), /no such accounts/);
  assert.match(await ok("admin", "user", "sessions", "root"), /Phone/);
  assert.match(await ok("admin", "user", "show", "@root@example.org"), /administrator yes/);
  assert.equal(
    await ok("admin", "user", "lock", "bob", "--reason", "spam"),
    "@bob:example.org: locked.\n",
  );
  assert.match(await ok("admin", "user", "show", "bob"), /locked \(spam\)/);
  assert.equal(await ok("admin", "user", "lock", "bob", "--undo"), "@bob:example.org: active.\n");
  assert.equal(await ok("admin", "user", "suspend", "bob"), "@bob:example.org: suspended.\n");
  assert.match(
    await ok("admin", "user", "reset-link", "bob"),
    /https:\/\/example\.org\/reset\/ogl_/,
  );
  assert.equal(
    await ok("admin", "user", "sessions", "root", "--end-all"),
    "Ended 1 sessions of @root:example.org.\n",
  );
  for (
    const [args, message] of [
      [["lock", "root"], /only administrator left/],
      [["show", "nobody"], /no user "@nobody:example.org"/],
      [["create", "bob"], /is taken/],
      [["create", "admin"], /is reserved/],
      [["first-link"], /There is an administrator already/],
      [["deactivate", "bob"], /cannot be undone[^]*--yes/],
      [["deactivate", "bob", "--yes"], /running server/],
    ] as const
  ) {
    const { code, err } = await run(["admin", "user", ...args]);
    assert.equal(code, 1);
    assert.match(err, message);
  }
  for (
    const [args, message] of [
      [["show", "no body"], /"no body" is no user name: give it like alice/],
      [["list", "--state", "odd"], /--state is "odd"; give one of active, /],
      [["list", "--limit", "abc"], /--limit is "abc"; give a whole number from 1 to 1000/],
    ] as const
  ) {
    const { code, err } = await run(["admin", "user", ...args]);
    assert.equal(code, 2);
    assert.match(err, message);
  }
});

Deno.test("admin user reset-second-factor takes the app off, once, and says why in the audit", async () => {
  await using test = await prepare();
  const { accounts, ok, run } = test;
  const { deps } = accounts;
  await accounts.account("alice");
  const userId = "@alice:example.org" as UserId;
  const reset = ["admin", "user", "reset-second-factor", "alice", "--reason", "lost phone"];
  assert.match((await run(reset)).err, /neither an authenticator app nor a passkey/);
  const { secret } = await beginTotp(deps, { userId, password: GOOD_PASSWORD });
  const code = new TOTP({ secret }).generate({ timestamp: deps.clock.now() });
  await confirmTotp(deps, { userId, code });
  assert.match(await ok("admin", "user", "show", "alice"), /two-step +since/);
  assert.match(await ok(...reset), /^@alice:example\.org signs in with the password alone/);
  assert.match(await ok("admin", "user", "show", "alice"), /two-step +no/);
  assert.equal((await run(reset)).code, 1);
  const rows = await deps.sql`select action, reason from admin_audit`;
  assert.deepEqual(rows.map((row) => ({ ...row })), [
    { action: "user.reset_second_factor", reason: "lost phone" },
  ]);
});

Deno.test("beside a running server a command takes effect in it at once", async () => {
  await using test = await prepare();
  const { accounts, folder, run } = test;
  const bearer = await accounts.token("alice");
  assert.ok(await authenticate(accounts.deps, { bearer }));
  const live = {
    accounts: accounts.deps,
    database: { kind: "postgres", sql: accounts.deps.sql },
    config: { dataFolder: folder.path },
  } as unknown as StoreParts;
  assert.equal((await run(["admin", "user", "sessions", "alice", "--end-all"], live)).code, 0);
  assert.equal(await authenticate(accounts.deps, { bearer }), undefined);
  const ended = await run(["admin", "user", "deactivate", "alice", "--yes"], live);
  assert.equal(ended.out, "@alice:example.org has been ended.\n");
  assert.deepEqual(accounts.departed, ["@alice:example.org" as UserId]);
});

Deno.test("admin user first-link makes the first administrator's link", async () => {
  await using test = await prepare();
  assert.match(await test.ok("admin", "user", "first-link"), /https:\/\/example\.org\/setup\/ogl_/);
});

Deno.test("admin token and admin invite make, show and end codes", async () => {
  await using test = await prepare();
  const { ok, run } = test;
  const { token } = JSON.parse(
    await ok("admin", "token", "create", "--uses", "3", "--note", "club", "--json"),
  );
  assert.equal(token.max_uses, 3);
  const link = /https:\/\/example\.org\/register\?token=\w+/.exec(
    await ok("admin", "invite", "create"),
  )?.[0];
  assert.ok(link !== undefined);
  assert.match(await ok("admin", "token", "list"), /valid +0\/3 .*club/);
  await ok("admin", "invite", "revoke", link);
  await ok("admin", "token", "revoke", token.code);
  assert.match(await ok("admin", "token", "list", "--valid"), /no token/);
  assert.match(
    (await run(["admin", "token", "revoke", "none"])).err,
    /no registration token "none"/,
  );
  assert.match((await run(["admin", "token", "create", "--uses", "few"])).err, /--uses is "few"/);
});

Deno.test("admin key lists the keys and rotates them", async () => {
  await using test = await prepare();
  const { accounts, folder, ok } = test;
  assert.match(await ok("admin", "key", "list"), /no keys yet/);
  const signer = new LocalSigner({
    ...accounts.deps,
    folder: await KeyFolder.open(folder.path, { rng: systemRng }),
    onChange: () => {},
  });
  const { keyId } = await signer.current(accounts.deps.clock.now());
  const { keys } = JSON.parse(await ok("admin", "key", "list", "--json"));
  assert.deepEqual(keys.map((key: { key_id: string; state: string }) => [key.key_id, key.state]), [[
    keyId,
    "current",
  ]]);
  assert.match(await ok("admin", "key", "rotate"), /Retired 1 key\./);
  assert.match(await ok("admin", "key", "list"), new RegExp(`${keyId} +retired`));
  assert.match(
    await ok("admin", "key", "revoke", keyId, "--reason", "laptop lost"),
    new RegExp(`Revoked ${keyId}`),
  );
  await ok("admin", "key", "revoke", keyId, "--reason", "another");
  const document = await buildKeyDocument(
    { ...accounts.deps, signer },
    accounts.deps.clock.now() + 60_000,
  );
  assert.deepEqual(document.revoked.map((gone) => [gone.key_id, gone.reason]), [[
    keyId,
    "laptop lost",
  ]]);
  assert.match((await test.run(["admin", "key", "revoke", "nothing"])).err, /no key "nothing"/);
});

Deno.test("commands about accounts say when a server has never been started", async () => {
  await using database = await freshDatabase({ migrated: false });
  await using folder = await tempFolder();
  const { code, err } = await runCli(["admin", "user", "list", "--data", folder.path], {
    workingFolder: folder.path,
    env: { DATABASE_URL: database.url },
  });
  assert.equal(code, 1);
  assert.match(err, /never been started/);
});

Deno.test("admin user tokens lists an account's access tokens and ends one", async () => {
  await using test = await prepare();
  const { accounts, ok, run } = test;
  const userId = (await accounts.account("alice")).grant.user_id as UserId;
  assert.match(await ok("admin", "user", "tokens", "alice"), /has no access tokens/);
  const { token, details } = await createAccessToken(accounts.deps, {
    caller: { userId, admin: false },
    name: "Nightly \u001b[31m",
    scopes: ["read"],
    expiresTs: null,
  });
  const list = await ok("admin", "user", "tokens", "alice");
  assert.match(list, /^ID +NAME +SCOPES/);
  assert.ok(list.includes(details.id) && !list.includes("\u001b") && !list.includes(token));
  await ok("admin", "user", "tokens", "alice", "--revoke", details.id);
  assert.equal(await authenticate(accounts.deps, { bearer: token }), undefined);
  const again = await run(["admin", "user", "tokens", "alice", "--revoke", details.id]);
  assert.equal(again.code, 1);
  assert.match(again.err, /has no access token/);
});
