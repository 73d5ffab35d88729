import assert from "node:assert/strict";
import { loadConfig } from "../config/config.ts";
import { systemClock } from "../system/clock.ts";
import { silentLog } from "../system/log.ts";
import { systemRng } from "../system/rng.ts";
import { findMediaDoor } from "./media_door.ts";

const system = { clock: systemClock, rng: systemRng, log: silentLog };

function config(flags: Record<string, string>) {
  return loadConfig({
    env: {},
    flags: new Map(Object.entries(flags)),
    workingFolder: "/",
    readFile: () => undefined,
  });
}

Deno.test("voice is there without a setting; a port in use is none of a trial's, and keeps no server from starting", async () => {
  // The usual port is the first one's, or another program's already.
  await using first = await findMediaDoor(config({}), system);
  assert.deepEqual([first.absence, first.sfu], [undefined, undefined]);
  const [one, again] = await Promise.all([first.open(), first.open()]);
  assert.ok(typeof one === "object" && one === again && first.sfu === one);
  await using second = await findMediaDoor(config({}), system);
  const other = await second.open();
  assert.ok(typeof other === "object");
  assert.notEqual(one.port, other.port);
  const named = { "server.name": "example.org", "voice.announce": "127.0.0.1" };
  const taken = { ...named, "voice.host": "127.0.0.1", "voice.port": String(one.port) };
  await using without = await findMediaDoor(config(taken), system);
  assert.deepEqual([without.absence, await without.open()], ["no_port", "no_port"]);
  await using off = await findMediaDoor(config({ ...named, "voice.enabled": "no" }), system);
  assert.equal(await off.open(), "off");
});
