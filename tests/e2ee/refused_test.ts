/**
 * A way into a group that the server refuses for a while, or cannot ask about: it may hear of a
 * device, or of a membership, later than this.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CallRefused } from "../../core/e2ee/engine/ports.ts";
import type { RoomReason } from "../../core/e2ee/engine/types.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { DeviceClient, dmOf } from "../harness/device_client.ts";
import { loseRows } from "../harness/device_store.ts";
import { soon } from "../harness/e2ee_wire.ts";
import { hastyClock } from "../harness/hasty_clock.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";
import type { Person } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { befriended } from "./people.ts";

const HOUR_MS = 3_600_000;

/** A device looks at its rooms once an hour in any case: not this one. */
const withoutHours: Clock = {
  ...hastyClock,
  sleep: (ms, signal) => hastyClock.sleep(ms < HOUR_MS ? ms : 1000 * HOUR_MS, signal),
};

Deno.test("a device that is refused on its way into a group asks again, and says so when it takes long", async (t) => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const { owner: ann, members: [bob, cleo], guildId } = await makeGuild(server, [
    "ann",
    "bob",
    "cleo",
  ]);
  assert.ok(bob && cleo);
  const open = async (person: Person, offline = false, clock: Clock = hastyClock) => {
    const client = await DeviceClient.open(person, {
      folder: join(folder.path, person.id),
      clock,
      offline,
    });
    await client.engine.setUp({ name: "desk" });
    return client;
  };
  /** From now on the server refuses so many commits of a device. */
  const refuse = ({ transport }: DeviceClient, times: number) => {
    const call = transport.call.bind(transport);
    const refusal = { left: times };
    transport.call = async (name, input, signal) => {
      if (name !== "sendCommit" || refusal.left-- <= 0) return await call(name, input, signal);
      throw new CallRefused("roster_mismatch", "The device is not known here.");
    };
    return refusal;
  };
  /** Until it is over the server that orders the groups cannot be asked, as a device's own says. */
  const isAway = ({ transport }: DeviceClient) => {
    const call = transport.call.bind(transport);
    const away = { over: false };
    transport.call = async (name, input, signal) => {
      const answer = await call(name, input, signal);
      return name === "getGroup" && !away.over ? { ...answer, state: "paused" } : answer;
    };
    return away;
  };
  const shows = (client: DeviceClient, wanted: string, reasons: readonly RoomReason[] = []) =>
    soon(`${client.person.id} to be ${wanted}`, async () => {
      await Promise.resolve();
      const { phase, reasons: seen } = client.engine.room(roomId);
      return phase === wanted && JSON.stringify(seen) === JSON.stringify(reasons);
    });

  const a = await open(ann);
  const { room_id: roomId } = await ann.do("POST", "/channels", {
    ...{ guild_id: guildId, kind: "text", name: "council", private: true },
  });
  await a.engine.enable(roomId, { kind: "channel" });
  const early = await a.send(roomId, "before anybody else came");
  for (const { id } of [bob, cleo]) {
    await ann.do("POST", "/invite", { room_id: roomId, user_id: id });
  }
  // Nobody is there who could let them in.
  await a[Symbol.asyncDispose]();

  await t.step("four refusals, however quickly, keep nobody out", async () => {
    await using b = await open(bob);
    refuse(b, 4);
    for (let look = 0; look < 20; look++) await b.engine.sync(roomId);
    await shows(b, "encrypted");
  });

  await t.step("who was refused for long is let in by another's device", async () => {
    await using c = await open(cleo, true);
    refuse(c, Infinity);
    await c.engine.sync(roomId);
    await shows(c, "paused", ["too_many_rejoins"]);
    // What is shown meanwhile as awaited is told of once it is known that it stays closed.
    assert.deepEqual(await c.open(early, 0), { fault: "restoring", retry: true });
    const closed: string[] = [];
    c.engine.onChange((change) => change.what === "closed" && closed.push(...change.eventIds));
    await using b = await open(bob);
    await c.transport.connect();
    await shows(c, "encrypted");
    await shows(b, "encrypted");
    await soon("it to be told", () => Promise.resolve(closed.includes(early.id)));
    assert.deepEqual(await c.open(early, 0), { fault: "before_join", retry: false });
  });

  await t.step("who was in is told that it takes long, and comes in once it may", async () => {
    assert.equal(
      await loseRows(join(folder.path, cleo.id), "groups", (key) => key.endsWith("/group")),
      1,
    );
    await using c = await open(cleo, true);
    const refusal = refuse(c, Infinity);
    await c.engine.sync(roomId);
    await shows(c, "paused", ["too_many_rejoins"]);
    refusal.left = 0;
    await shows(c, "encrypted");
  });

  await t.step(
    "an ordering server that is away is asked again, and nobody has to say a word",
    async () => {
      for (const wayIn of ["from outside", "as one who is in"]) {
        const lost = await loseRows(
          join(folder.path, bob.id),
          "groups",
          (key) => wayIn === "from outside" && key.endsWith("/group"),
        );
        assert.equal(lost, wayIn === "from outside" ? 1 : 0);
        await using b = await open(bob, true, withoutHours);
        const away = isAway(b);
        await b.engine.sync(roomId);
        await shows(b, wayIn === "from outside" ? "starting" : "encrypted", [
          "sequencer_unreachable",
        ]);
        away.over = true;
        await shows(b, "encrypted");
      }
    },
  );
});

Deno.test("who waits alone for the other's devices asks for them again", async () => {
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const [ann, bea] = await befriended(server, ["ann", "bea"]);
  const { room_id: roomId } = await ann.do("POST", "/dms", { user_id: bea.id });
  const open = async (person: Person) => {
    const client = await DeviceClient.open(person, {
      folder: join(folder.path, person.id),
      clock: withoutHours,
    });
    await client.engine.setUp({ name: "desk" });
    return client;
  };
  await using b = await open(bea);
  // Her device does nothing for it, and says nothing either.
  b.transport.cut = true;
  await using a = await open(ann);
  const call = a.transport.call.bind(a.transport);
  // As where the other's server does not answer.
  let inVain = 3;
  a.transport.call = async (name, input, signal) => {
    const answer = await call(name, input, signal);
    return name === "claimKeyPackages" && inVain-- > 0 ? { ...answer, packages: [] } : answer;
  };
  await a.engine.enable(roomId, dmOf(ann, bea));
  await a.until(roomId, "not to be alone", ({ reasons }) => reasons.length === 0);
  assert.ok(inVain < 0, "it was asked in vain before");
  await a.send(roomId, "there you are");
  b.transport.cut = false;
  await b.transport.connect();
  await soon("bea to read it", async () => (await b.texts(roomId)).includes("there you are"));
});
