/**
 * Every request that a server may make, with anything in its fields: ids of other kinds and rooms,
 * U+0000, twins under normalization, prototypes' names, numbers at their ends, and nothing at all.
 * The one asked refuses or answers; it never fails, and what it says afterwards is as before.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { casesOf } from "../harness/cases.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { serverName } from "../harness/events.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import { MemoryLog } from "../harness/parts.ts";
import { Random } from "../state/random.ts";
import { Guest } from "./guest.ts";
import { HostilePeer } from "./hostile_peer.ts";

const ROUNDS = casesOf("HOSTILE_BODIES", 12);
const EDU_TYPES = [
  "m.typing",
  "m.read",
  "m.presence",
  "m.profile",
  "m.relationship",
  "m.device_list",
  "m.to_device",
  "m.group",
  "x.unknown",
];

const folder = new URL("../../core/api/federation/", import.meta.url);

async function operations(): Promise<FederationOperation[]> {
  const found = new Map<string, FederationOperation>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const file: Record<string, unknown> = await import(new URL(name, folder).href);
    for (const value of Object.values(file)) {
      if (typeof value !== "object" || value === null) continue;
      if ("id" in value && "request" in value && "answer" in value) {
        found.set(String(value.id), value as FederationOperation);
      }
    }
  }
  return [...found.values()];
}

const ODD: readonly JsonValue[] = [
  "",
  "a\u0000b",
  "\u202eevil",
  "A\u030a",
  "\u00c5",
  "..",
  "%2e%2e%2f",
  "constructor",
  "'; --",
  "\ufeff",
  "x".repeat(5000),
  "!" + "1".repeat(32),
  "$" + "1".repeat(32),
  "@a:b:c",
  "mxc://127.0.0.1/x",
  0,
  -1,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  true,
  null,
  [],
  {},
  [[[[]]]],
  { constructor: 1 },
  Array(300).fill("a\u0000"),
];

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that mostly have the right shape, so that what is odd in them gets far. */
class Writer {
  constructor(readonly random: Random, readonly known: Readonly<Record<string, string[]>>) {}

  value(shape: Shape, name: string): JsonValue {
    const { random } = this;
    const known = this.known[name];
    if (known !== undefined && random.chance(0.75)) return random.pick(known);
    if (random.chance(0.15)) return random.pick(ODD);
    if (random.chance(0.06)) return random.pick(Object.values(this.known).flat());
    const either = shape.anyOf ?? shape.oneOf;
    if (either !== undefined) return this.value(random.pick(either), name);
    if (shape.const !== undefined) return shape.const;
    if (shape.enum !== undefined) return random.pick(shape.enum);
    switch (shape.type) {
      case "object":
        return this.object(shape);
      case "array":
        return Array.from(
          { length: random.below(4) },
          () => this.value(shape.items ?? {}, name.replace(/s$/, "")),
        );
      case "integer":
      case "number":
        return random.pick([shape.minimum ?? 0, shape.maximum ?? 9, 0, 1]);
      case "boolean":
        return random.chance(0.5);
      case "null":
        return null;
      default:
        return random.pick(["a", "a\u0000b", "main", "1".repeat(22), "x".repeat(64)]);
    }
  }

  object({ properties = {} }: Shape): JsonObject {
    const written: Record<string, JsonValue> = {};
    for (const [name, shape] of Object.entries(properties)) {
      if (this.random.chance(0.95)) written[name] = this.value(shape, name);
    }
    if (this.random.chance(0.05)) written["x"] = this.random.pick(ODD);
    return written;
  }
}

Deno.test("G9: whatever stands in a server's requests, the one asked does not fail, and goes on", async () => {
  const log = new MemoryLog();
  await using peer = HostilePeer.start("evil.test");
  const port = freePort();
  await using server = await startHomeserver({
    log,
    settings: {
      "server.name": "home.test",
      "server.public_url": `http://127.0.0.1:${port}`,
      "listen.port": String(port),
      "federation.test_peers": peer.address,
      "federation.requests_per_minute": "1000000",
    },
  });
  const { owner, members: [bob], guildId, general } = await makeGuild(server, ["ann", "bob"]);
  assert.ok(bob);
  const link = await owner.do("POST", "/invites", { guild_id: guildId });
  const victim = { url: server.url, name: serverName("home.test") };
  const guest = await Guest.enter(peer, victim, link.code);
  const said = await owner.do("POST", `/rooms/${encodeURIComponent(guildId)}/send`, {
    channel_id: general,
    body: "hello",
  });
  const heads = guest.room.heads();
  const known = {
    room_id: [guildId],
    channel_id: [general],
    user: [guest.user, peer.user("other"), owner.id, bob.id],
    from: [guest.user, owner.id],
    to: [owner.id, bob.id],
    sender: [guest.user, owner.id],
    event_id: [said.id, ...heads],
    code: [link.code],
    server: [peer.name, "home.test", "third.test"],
    type: EDU_TYPES,
  };
  const random = new Random(7);
  const writer = new Writer(random, known);
  const asked = (await operations()).map((operation) => ({
    operation,
    shape: z.toJSONSchema(operation.request, { io: "input", unrepresentable: "any" }) as Shape,
  }));
  assert(asked.length > 30, String(asked.length));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { operation, shape } of asked) {
      const request = writer.object(shape);
      const { status, bytes } = await peer.call(victim, operation, request);
      const text = new TextDecoder().decode(bytes.subarray(0, 2000));
      const told = `${operation.id} ${JSON.stringify(request).slice(0, 500)}: ${status} ${text}`;
      assert(status < 500 || status === 503, told);
      assert.doesNotMatch(text, /node_modules|file:\/\/|PostgresError|ZodError|\.ts:\d/, told);
    }
    const edus = EDU_TYPES.map((type) => ({
      type,
      content: writer.object({
        properties: {
          room_id: {},
          channel_id: {},
          user: {},
          from: {},
          to: {},
          event_id: {},
          device: { type: "string" },
          from_device: { type: "string" },
          kind: { type: "string" },
          id: { type: "string" },
          status: { type: "string" },
          presence: { enum: ["online", "idle"] },
          action: { enum: ["request", "accept", "remove"] },
          typing: { type: "boolean" },
          timeout_ms: { type: "integer", maximum: 1000 },
          version: { type: "integer" },
          epoch: { type: "integer" },
          content: { type: "object" },
        },
      }),
    }));
    const after = await guest.say(general as ChannelId, `after round ${round}`);
    const [result] = await guest.push([after], edus);
    assert.equal(result?.outcome, "accepted", result?.reason);
  }
  const faults = log.lines.filter(({ level }) => level === "error");
  assert.deepEqual(faults, []);
});
