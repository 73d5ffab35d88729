import assert from "node:assert/strict";
import { getHeads } from "../../core/api/federation/events.ts";
import { getKeys } from "../../core/api/federation/people.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { TransportError } from "../../federation/ports.ts";
import { revokeSigningKey } from "../../server/keys/manage_keys.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeGuild } from "../harness/homeserver.ts";

function nameOf(server: FederatedServer): ServerName {
  const name = parseServerName(server.name);
  assert.ok(name);
  return name;
}

function wayOf(server: FederatedServer) {
  const { federation } = server.parts;
  assert.ok(federation);
  return federation;
}

async function failureOf(call: Promise<unknown>): Promise<TransportError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return error;
  }
  assert.fail("the call was answered");
}

Deno.test("servers ask each other over real sockets; a cut link is unreachable, and heals", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const keyDocument = await (await fetch(`${two.url}/.well-known/openguild/keys`)).json();
  assert.equal(keyDocument.server, "two.test");
  const { transport } = wayOf(one);

  const answer = await transport.call(nameOf(two), getKeys, { names: [] });
  assert.deepEqual(answer, { keys: [], words: [], checking: false });
  // Two knows one's key now, because it had to fetch it for the signature.
  const held = await two.parts.database.sql`
    select listed from key_entries where server = 'one.test'`;
  assert.deepEqual(held.map((row) => row["listed"]), [true]);

  const { guildId } = await makeGuild(two, ["owner"]);
  const absent = await failureOf(
    transport.call(nameOf(two), getHeads, { room_id: `!${"1".repeat(43)}` }),
  );
  const hidden = await failureOf(transport.call(nameOf(two), getHeads, { room_id: guildId }));
  assert.equal(absent.kind, "refused");
  assert.deepEqual(hidden.details, absent.details);
  assert.equal(hidden.message, absent.message);

  federation.cut(0, 1);
  const cut = await failureOf(transport.call(nameOf(two), getKeys, { names: [] }));
  assert.equal(cut.kind, "unreachable");
  federation.heal(0, 1);
  await transport.call(nameOf(two), getKeys, { names: [] });

  await federation.stop(1);
  assert.equal(
    (await failureOf(transport.call(nameOf(two), getKeys, { names: [] }))).kind,
    "unreachable",
  );
  const again = await federation.start(1);
  await transport.call(nameOf(again), getKeys, { names: [] });
  const guild = await wayOf(again).transport.call(nameOf(one), getKeys, { names: [] });
  assert.deepEqual(guild, { keys: [], words: [], checking: false });
});

Deno.test("a server speaks with nobody whom its policy refuses, and nobody is no peer", async () => {
  await using federation = await startServers(3, {
    settingsOf: (at) => at === 0 ? { "federation.block": "two.test" } : {},
  });
  const [one, two, three] = federation.servers as [
    FederatedServer,
    FederatedServer,
    FederatedServer,
  ];
  const ask = (from: FederatedServer, to: string) =>
    wayOf(from).transport.call(parseServerName(to) as ServerName, getKeys, { names: [] });
  assert.equal((await failureOf(ask(one, "two.test"))).kind, "policy");
  const refused = await failureOf(ask(two, "one.test"));
  assert.deepEqual([refused.kind, refused.details.code], ["refused", "forbidden"]);
  await ask(three, "one.test");
  await ask(one, "three.test");
  // A name that the configuration does not place is looked up like any other, and checked.
  assert.equal((await failureOf(ask(one, "localhost:8009"))).kind, "policy");
  assert.equal((await failureOf(ask(one, "127.0.0.1:8009"))).kind, "forbidden_address");
  assert.equal((await failureOf(ask(one, "nowhere.invalid"))).kind, "unresolved");
});

Deno.test("a revoked key counts for nothing new at the other server, and the new one is fetched", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const ask = () => wayOf(one).transport.call(nameOf(two), getKeys, { names: [] });
  await ask();
  const { accounts } = one.parts;
  assert.ok(accounts);
  const stolen = await wayOf(one).signer.current(Date.now());
  const { keyId } = stolen;
  const name = { server: nameOf(one), keyId };
  assert.equal(await wayOf(two).keyRing.refusal(name, Date.now()), undefined);
  await revokeSigningKey(accounts, { keyId, reason: "laptop lost", actor: null });
  await ask();
  assert.notEqual((await wayOf(one).signer.current(Date.now())).keyId, keyId);
  assert.match(await wayOf(two).keyRing.refusal(name, Date.now()) ?? "", /revoked: laptop lost/);
  // What an old event was signed with can still be read.
  assert.equal((await wayOf(two).keyRing.find([name])).size, 1);
});
