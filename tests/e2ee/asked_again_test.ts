/** What a device asks of its server once, and the server has no time for: nobody else asks for it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeviceCallName } from "../../core/e2ee/engine/calls.ts";
import { CallRefused, ServerUnreachable } from "../../core/e2ee/engine/ports.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { DeviceClient, dmOf } from "../harness/device_client.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { hastyClock } from "../harness/hasty_clock.ts";
import { type Homeserver, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { befriended } from "./people.ts";

const HOUR_MS = 3_600_000;

/** A device looks at everything once an hour in any case: not these. */
const withoutHours: Clock = {
  ...hastyClock,
  sleep: (ms, signal) => hastyClock.sleep(ms < HOUR_MS ? ms : 1000 * HOUR_MS, signal),
};

const BUSY = new CallRefused("rate_limited", "Too much at once.");
const AWAY = new ServerUnreachable("No answer.");

/** From now on calls of a name fail so many times; counts all of them. */
function failing({ transport }: DeviceClient, name: DeviceCallName, why: Error, times: number) {
  const call = transport.call.bind(transport);
  const seen = { left: times, asked: 0 };
  transport.call = async (asked, input, signal) => {
    if (asked !== name) return await call(asked, input, signal);
    seen.asked++;
    if (seen.left-- > 0) throw why;
    return await call(asked, input, signal);
  };
  return seen;
}

/** Nothing is tried again by itself. */
const withoutPauses: Clock = {
  ...hastyClock,
  sleep: (ms, signal) => hastyClock.sleep(ms < 1000 ? ms : 1000 * HOUR_MS, signal),
};

async function two(server: Homeserver, clock = withoutHours) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const [ann, bea] = await befriended(server, ["ann", "bea"]);
  const open = async (person: Person) =>
    stack.use(
      await DeviceClient.open(person, {
        folder: join(folder.path, person.id),
        clock,
      }),
    );
  const [a, b] = [await open(ann), await open(bea)];
  const { room_id: roomId } = await ann.do("POST", "/dms", { user_id: bea.id });
  const owned = stack.move();
  return { a, b, roomId, ann, bea, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const packagesOf = async ({ transport }: DeviceClient) =>
  (await transport.call("countKeyPackages", {})).left;

Deno.test("a device whose packages were refused is one all the same, and brings them later", async () => {
  for (const why of [BUSY, AWAY]) {
    await using server = await startHomeserver();
    await using at = await two(server);
    const upload = failing(at.a, "uploadKeyPackages", why, 2);
    const { phase } = await at.a.engine.setUp({ name: "desk" });
    assert.equal(phase, "ready");
    await soon("packages", async () => await packagesOf(at.a) > 0);
    assert.equal(upload.asked, 3);
  }
});

Deno.test("what the server's words ask for is asked again: packages, the inbox, a room", async () => {
  await using server = await startHomeserver();
  await using at = await two(server);
  for (const each of [at.a, at.b]) await each.engine.setUp({ name: "desk" });
  for (const why of [BUSY, AWAY]) {
    const inbox = failing(at.b, "listToDevice", why, 2);
    const { deviceId = "" } = at.b.engine.state();
    const id = await at.a.engine.startVerification(at.bea.id, deviceId);
    await soon(
      "the request",
      () => Promise.resolve(at.b.engine.verifications().some((one) => one.id === id)),
    );
    assert.ok(inbox.asked >= 3);
    await at.a.engine.cancelVerification(id);
  }
  const looks = failing(at.b, "getGroup", BUSY, 1);
  await at.a.engine.enable(at.roomId, dmOf(at.ann, at.bea));
  await at.a.until(at.roomId, "not to be alone", ({ reasons }) => reasons.length === 0);
  await at.b.until(at.roomId, "to be in", ({ phase }) => phase === "encrypted");
  await at.a.send(at.roomId, "there you are");
  await soon("it to be read", async () => (await at.b.texts(at.roomId)).includes("there you are"));
  assert.ok(looks.asked >= 2);
});

Deno.test("who waits alone asks once for the other's packages at each word", async () => {
  await using server = await startHomeserver();
  await using at = await two(server, withoutPauses);
  await at.b.engine.setUp({ name: "desk" });
  // Its device does nothing for it, and says nothing either.
  at.b.transport.cut = true;
  await at.a.engine.setUp({ name: "desk" });
  const call = at.a.transport.call.bind(at.a.transport);
  const claims = { asked: 0 };
  at.a.transport.call = async (name, input, signal) => {
    const answer = await call(name, input, signal);
    if (name !== "claimKeyPackages") return answer;
    claims.asked++;
    return { ...answer, packages: [] };
  };
  const kind = dmOf(at.ann, at.bea);
  /** Whatever the room does by itself has had its turns between these. */
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await at.a.engine.expect(at.roomId, kind);
  };
  await at.a.engine.enable(at.roomId, kind);
  await turns();
  const { asked } = claims;
  await at.a.engine.sync(at.roomId);
  await turns();
  assert.equal(claims.asked, asked + 1);
});
