import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { GATEWAY_CLOSE } from "../../../core/api/gateway.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { casesOf } from "../../../tests/harness/cases.ts";
import { GatewayClient, startGateway } from "../../../tests/harness/gateway_server.ts";
import { CHANNEL, message, ROOM, userId } from "../../../tests/harness/memory_source.ts";
import { waitFor } from "../../../tests/harness/wait_for.ts";
import { systemClock } from "../../system/clock.ts";

const STAFF = "staff" as ChannelId;

Deno.test("identify answers with a snapshot, then every message of one's channels arrives", async () => {
  await using server = await startGateway();
  server.source.join("ada", [CHANNEL, STAFF]);
  server.source.join("bob");
  const ada = await GatewayClient.identified(server.port, "ada");
  const bob = await GatewayClient.identified(server.port, "bob");
  server.source.say("one", "two");
  server.source.publish({
    entitlements: [],
    dispatches: [message("staff only", { channelId: STAFF })],
  });
  await ada.settle();
  await bob.settle();
  assert.deepEqual(ada.bodies(), ["one", "two", "staff only"]);
  assert.deepEqual(bob.bodies(), ["one", "two"]);
  assert.equal(ada.position(), "p3");
  await ada.close();
  await bob.close();
});

Deno.test("only the sender sees its nonce", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  server.source.join("bob");
  const clients = await Promise.all(
    ["ada", "bob"].map((name) => GatewayClient.identified(server.port, name)),
  );
  server.source.publish({
    entitlements: [],
    dispatches: [message("hi", { personal: { userId: userId("ada"), nonce: "n1" } })],
  });
  const nonces = [];
  for (const client of clients) {
    const frame = await client.until((one) => one.op === "dispatch" && one.t === "message.create");
    nonces.push(frame.op === "dispatch" && frame.t === "message.create" && frame.d.nonce);
    await client.close();
  }
  assert.deepEqual(nonces, ["n1", undefined]);
});

Deno.test("credentials: bad token, cookie from a foreign page, cookie from our own", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const identify = async (headers: Record<string, string>, d: Record<string, string> = {}) => {
    const client = new GatewayClient(server.port, headers);
    await client.until((frame) => frame.op === "hello");
    client.send({ op: "identify", d });
    const answer = await Promise.race([
      client.until(({ op }) => op === "ready").then(() => "ready"),
      client.closed.then(({ code }) => code),
    ]);
    await client.close();
    return answer;
  };
  const own = `http://127.0.0.1:${server.port}`;
  assert.equal(await identify({}, { token: "nobody" }), GATEWAY_CLOSE.unauthorized);
  assert.equal(await identify({}), GATEWAY_CLOSE.unauthorized);
  assert.equal(await identify({ cookie: "og_session=ada" }), GATEWAY_CLOSE.unauthorized);
  assert.equal(
    await identify({ cookie: "og_session=ada", origin: "http://evil.example" }),
    GATEWAY_CLOSE.unauthorized,
  );
  assert.equal(await identify({ cookie: "og_session=ada", origin: own }), "ready");
  assert.equal(await identify({ origin: "http://evil.example" }, { token: "ada" }), "ready");
});

Deno.test("resume after a cut: nothing lost, nothing twice, though messages pass meanwhile", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const sent: string[] = [];
  const say = () => {
    const body = `m${sent.length}`;
    sent.push(body);
    server.source.say(body);
  };
  const got: string[] = [];
  let position: string | undefined;
  for (let round = 0; round < 30; round++) {
    // Messages also fall between the reading of the log and the taking in.
    server.source.beforeAnswer = async () => {
      for (let i = 0; i < round % 4; i++) say();
      await systemClock.sleep(1);
      if (round % 2 === 0) say();
    };
    const client = await GatewayClient.identified(server.port, "ada", position);
    for (let i = 0; i < 3; i++) say();
    if (round % 3 !== 0) await client.settle();
    await client.close();
    got.push(...client.bodies());
    position = client.position();
    for (let i = 0; i < 2; i++) say();
  }
  server.source.beforeAnswer = () => Promise.resolve();
  const last = await GatewayClient.identified(server.port, "ada", position);
  got.push(...last.bodies());
  await last.close();
  assert.deepEqual(got, sent.slice(sent.indexOf(got[0] ?? "")));
  assert.equal(got.at(-1), sent.at(-1));
});

Deno.test("where more came than could be told everybody is cut, and comes back for it", async () => {
  await using server = await startGateway();
  for (const name of ["ada", "bob"]) server.source.join(name);
  const ada = await GatewayClient.identified(server.port, "ada");
  server.source.say("one");
  await ada.settle();
  // Bob is being taken in at that moment.
  const lose = () => server.source.publish({ entitlements: [], dispatches: [], lost: true });
  let asked = 0;
  server.source.beforeAnswer = () => {
    if (++asked === 1) lose();
    return Promise.resolve();
  };
  const bob = await GatewayClient.identified(server.port, "bob");
  assert.equal(asked, 2, "he stands anew");
  assert.equal((await ada.closed).code, GATEWAY_CLOSE.tooSlow);
  server.source.say("two");
  const again = await GatewayClient.identified(server.port, "ada", ada.position());
  await bob.settle();
  assert.deepEqual([again.bodies(), bob.bodies()], [["two"], ["two"]]);
  await again.close();
  await bob.close();
});

Deno.test("a position that cannot be replayed is answered with reset; then a snapshot", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const client = await GatewayClient.identified(server.port, "ada", "p999");
  assert.equal(client.frames.at(-1)?.op, "reset");
  client.send({ op: "identify", d: { token: "ada" } });
  await client.until((frame) => frame.op === "ready");
  await client.close();
});

/** Somebody's rights changed, and nobody connected hears of it. */
const CHANGED_RIGHTS = {
  entitlements: [],
  dispatches: [],
  partial: { roomId: ROOM, control: true },
};

Deno.test("what was made for those connected already makes an arriving client stand anew", async () => {
  await using server = await startGateway();
  server.source.join("ada", []);
  let readings = 0;
  let sawArriving = false;
  server.source.beforeAnswer = () => {
    sawArriving ||= server.hub.hasArriving;
    if (readings++ === 0) {
      // Ada's new right was told to nobody, because she was not there yet.
      server.source.join("ada", [STAFF]);
      server.source.publish(CHANGED_RIGHTS);
    }
    return Promise.resolve();
  };
  const ada = await GatewayClient.identified(server.port, "ada");
  server.source.publish({ entitlements: [], dispatches: [message("hi", { channelId: STAFF })] });
  await ada.settle();
  assert.equal(readings, 2);
  assert.deepEqual(ada.bodies(), ["hi"]);
  assert.equal(sawArriving, true);
  assert.equal(server.hub.hasArriving, false);
  await ada.close();
});

Deno.test("who arrives while it is decided who hears a change is told of it as well", async () => {
  await using server = await startGateway();
  server.source.join("ada", []);
  // Ada was not there when the readers of her new right were looked for; it is not told yet.
  server.source.deciding = true;
  server.source.told = () => {
    server.source.join("ada", [STAFF]);
    server.source.deciding = false;
    server.source.publish(CHANGED_RIGHTS);
    return Promise.resolve();
  };
  const ada = await GatewayClient.identified(server.port, "ada");
  assert.equal(server.source.deciding, false);
  server.source.publish({ entitlements: [], dispatches: [message("hi", { channelId: STAFF })] });
  await ada.settle();
  assert.deepEqual(ada.bodies(), ["hi"]);
  await ada.close();
});

Deno.test("who is arriving counts as connected: what is told meanwhile is heard", async () => {
  await using server = await startGateway();
  const ada = userId("ada");
  server.source.join("ada");
  const connected: boolean[] = [server.hub.isConnected(ada)];
  server.source.beforeAnswer = () => {
    connected.push(server.hub.isConnected(ada), server.hub.isConnected(userId("bob")));
    return Promise.resolve();
  };
  const client = await GatewayClient.identified(server.port, "ada");
  assert.deepEqual(connected, [false, true, false]);
  await client.close();
  await waitFor(
    "nobody to be there",
    () => !server.hub.isConnected(ada) && !server.hub.hasArriving,
  );
});

Deno.test("rights that change while connected take effect with the next frame", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const client = await GatewayClient.identified(server.port, "ada");
  const staff = (body: string) =>
    server.source.publish({ entitlements: [], dispatches: [message(body, { channelId: STAFF })] });
  staff("before");
  server.source.entitle("ada", [CHANNEL, STAFF]);
  staff("with");
  server.source.entitle("ada", [STAFF]);
  server.source.say("no more");
  server.source.entitle("ada", null);
  staff("after");
  await client.settle();
  assert.deepEqual(client.bodies(), ["with"]);
  assert.deepEqual([...server.hub.inRoom(ROOM)], []);
  await client.close();
});

Deno.test("a slow reader is cut at the bound and resumes without loss", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  server.source.join("bob");
  const slow = await GatewayClient.identified(server.port, "ada");
  const honest = await GatewayClient.identified(server.port, "bob");
  slow.ws.pause();
  const filler = "x".repeat(30_000);
  let count = 0;
  while (server.cutCount() === 0) {
    assert.ok(count < 2000, "the reader was not cut");
    for (let i = 0; i < 10; i++) server.source.say(`${count++} ${filler}`);
    await systemClock.sleep(1);
  }
  slow.ws.resume();
  await slow.closed;
  const again = await GatewayClient.identified(server.port, "ada", slow.position());
  await honest.settle();
  const numbers = [...slow.bodies(), ...again.bodies()].map((body) => Number(body.split(" ")[0]));
  assert.deepEqual(numbers, Array.from({ length: count }, (_, i) => i));
  assert.equal(honest.bodies().length, count);
  await again.close();
  await honest.close();
});

Deno.test("frames that are too large, no JSON, unknown, binary or too early end the socket", async () => {
  await using server = await startGateway({ frameBytes: 2000 });
  server.source.join("ada");
  const codeAfter = async (send: (client: GatewayClient) => void) => {
    const client = await GatewayClient.identified(server.port, "ada");
    send(client);
    return (await client.closed).code;
  };
  const beat = JSON.stringify({ op: "heartbeat", d: { ts: 1 } });
  assert.equal(await codeAfter((client) => client.send(`${beat}${" ".repeat(3000)}`)), 1009);
  assert.equal(await codeAfter((client) => client.send("{")), GATEWAY_CLOSE.badFrame);
  assert.equal(await codeAfter((client) => client.send('{"op":"fly"}')), GATEWAY_CLOSE.badFrame);
  assert.equal(await codeAfter((client) => client.ws.send(Buffer.from([1, 2]))), 1003);
  assert.equal(
    await codeAfter((client) => {
      for (let i = 0; i < 400; i++) client.send(beat);
    }),
    GATEWAY_CLOSE.tooMany,
  );
  const early = new GatewayClient(server.port);
  await early.until((frame) => frame.op === "hello");
  early.send({ op: "typing", d: { room_id: ROOM, channel_id: CHANNEL } });
  assert.equal((await early.closed).code, GATEWAY_CLOSE.notIdentified);
  // Unmasked client frames are a breach of RFC 6455 section 5.1.
  const raw = connect({ port: server.port, host: "127.0.0.1" });
  raw.write(
    "GET /client/v1/gateway HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  raw.once("data", () => raw.write(Buffer.from([0x81, 1, 0x41])));
  raw.on("error", () => undefined);
  await new Promise((resolve) => raw.on("close", resolve));
});

Deno.test("who does not identify or falls silent is closed", async () => {
  await using hasty = await startGateway({ identifyMs: 100 });
  const silent = new GatewayClient(hasty.port);
  assert.equal((await silent.closed).code, GATEWAY_CLOSE.notIdentified);
  await using server = await startGateway({ heartbeatMs: 200 });
  server.source.join("ada");
  const ada = await GatewayClient.identified(server.port, "ada");
  assert.equal((await ada.closed).code, GATEWAY_CLOSE.silent);
});

Deno.test("members are watched, not broadcast: presence, typing and changes", async () => {
  await using server = await startGateway();
  for (const name of ["ada", "bob", "cyd"]) server.source.join(name);
  const ada = await GatewayClient.identified(server.port, "ada");
  const cyd = await GatewayClient.identified(server.port, "cyd");
  ada.send({
    op: "subscribe",
    d: { guild_id: ROOM, user_ids: [userId("bob"), userId("cyd"), userId("stranger")] },
  });
  const first = await ada.until((frame) => frame.op === "presences");
  assert.deepEqual(first, {
    op: "presences",
    d: { guild_id: ROOM, presences: { [userId("cyd")]: "online" } },
  });
  const presenceOf = (name: string, presence: string) => (frame: unknown) =>
    JSON.stringify(frame) ===
      JSON.stringify({ op: "dispatch", t: "presence", d: { user_id: userId(name), presence } });
  const bob = await GatewayClient.identified(server.port, "bob");
  await ada.until(presenceOf("bob", "online"));
  bob.send({ op: "presence", d: { presence: "dnd" } });
  await ada.until(presenceOf("bob", "dnd"));
  bob.send({ op: "typing", d: { room_id: ROOM, channel_id: CHANNEL } });
  bob.send({ op: "typing", d: { room_id: ROOM, channel_id: CHANNEL } });
  bob.send({ op: "typing", d: { room_id: ROOM, channel_id: STAFF } });
  await bob.settle();
  await bob.close();
  await ada.until(presenceOf("bob", "offline"));
  const typed = ada.frames.filter((frame) => frame.op === "dispatch" && frame.t === "typing");
  assert.equal(typed.length, 1);
  server.source.publish({
    entitlements: [],
    dispatches: [{
      t: "member.remove",
      d: { guild_id: ROOM, user_id: userId("bob"), member_count: 1 },
      audience: { to: "member", roomId: ROOM, userId: userId("bob") },
    }],
  });
  await ada.until((frame) => frame.op === "dispatch" && frame.t === "member.remove");
  await cyd.settle();
  assert.deepEqual(
    cyd.frames.filter((frame) => frame.op === "dispatch" && frame.t !== "typing"),
    [{ op: "dispatch", t: "presence", d: { user_id: userId("cyd"), presence: "online" } }],
  );
  await ada.close();
  await cyd.close();
});

Deno.test("a revoked session is told and closed; others of the user stay", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const phone = await GatewayClient.identified(server.port, "ada.phone");
  const desk = await GatewayClient.identified(server.port, "ada.desk");
  server.hub.revoke("ada.phone", "signed out");
  assert.equal((await phone.closed).code, GATEWAY_CLOSE.revoked);
  await phone.until((frame) => frame.op === "dispatch" && frame.t === "session.revoked");
  await desk.settle();
  await desk.close();
});

Deno.test("a program that may only read does not show its owner as present", async () => {
  await using server = await startGateway();
  for (const name of ["ada", "bob"]) server.source.join(name);
  const program = await GatewayClient.identified(server.port, "bob.reader");
  const ada = await GatewayClient.identified(server.port, "ada");
  const shown = async () => {
    ada.send({ op: "subscribe", d: { guild_id: ROOM, user_ids: [userId("bob")] } });
    const answer = await ada.until((frame) => frame.op === "presences");
    return answer.op === "presences" ? answer.d.presences : undefined;
  };
  assert.deepEqual(await shown(), {});
  const desk = await GatewayClient.identified(server.port, "bob.desk");
  await program.close();
  assert.equal(server.presences.of(userId("bob")), "online");
  await desk.close();
  await ada.close();
});

Deno.test("what a token holds open ends with it", async () => {
  await using server = await startGateway();
  server.source.join("ada");
  const program = await GatewayClient.identified(server.port, "ada.ended");
  const desk = await GatewayClient.identified(server.port, "ada.desk");
  assert.equal((await program.closed).code, GATEWAY_CLOSE.revoked);
  await desk.settle();
  await desk.close();
});

Deno.test("a storm of clients that drop and return misses and doubles nothing", async () => {
  await using server = await startGateway();
  const names = Array.from({ length: casesOf("G26_CLIENTS", 60) }, (_, i) => `u${i}`);
  for (const name of names) server.source.join(name);
  const got = new Map<string, string[]>(names.map((name) => [name, []]));
  let clients = await Promise.all(
    names.map((name) => GatewayClient.identified(server.port, name)),
  );
  let said = 0;
  for (let wave = 0; wave < casesOf("G26_WAVES", 4); wave++) {
    for (let i = 0; i < 5; i++) server.source.say(`m${said++}`);
    const cut = clients.map((client) => client.close());
    for (let i = 0; i < 5; i++) server.source.say(`m${said++}`);
    await Promise.all(cut);
    const positions = clients.map((client, i) => {
      got.get(names[i] ?? "")?.push(...client.bodies());
      return client.position();
    });
    const back = names.map((name, i) => GatewayClient.identified(server.port, name, positions[i]));
    server.source.say(`m${said++}`);
    clients = await Promise.all(back);
  }
  for (const [i, client] of clients.entries()) {
    await client.settle();
    got.get(names[i] ?? "")?.push(...client.bodies());
    await client.close();
  }
  const all = Array.from({ length: said }, (_, i) => `m${i}`);
  for (const name of names) assert.deepEqual(got.get(name), all);
});

Deno.test("a stopping server asks its clients to come back", async () => {
  const server = await startGateway();
  server.source.join("ada");
  const client = await GatewayClient.identified(server.port, "ada");
  await server[Symbol.asyncDispose]();
  assert.equal((await client.closed).code, GATEWAY_CLOSE.restart);
  assert.equal(server.hub.sessionCount, 0);
});
