import assert from "node:assert/strict";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { silentLog } from "../../server/system/log.ts";
import { VirtualClock } from "../../tests/sim/virtual_clock.ts";
import { World } from "../../tests/sim/world.ts";
import type { InboundRoom } from "./ports.ts";
import { ResolveLater } from "./resolve_later.ts";

/** Each resolution of a room takes this long, ms. */
const WORK_MS = 8_000;

/** Which rooms were resolved, and when, ms. Their states are beside the point. */
function resolver() {
  const world = new World(0);
  const clock = new VirtualClock(world, { offsetMs: 0 });
  const done: { readonly room: string; readonly atMs: number }[] = [];
  const open = (id: RoomId) =>
    Promise.resolve(
      {
        id,
        end: { heads: [] },
        inTurn: <T>(work: () => Promise<T>) => work(),
        graph: {
          foregroundMax: 0,
          authorityAfter: async () => {
            await clock.sleep(WORK_MS);
            done.push({ room: id, atMs: world.nowMs });
          },
        },
      } as unknown as InboundRoom,
    );
  return { world, done, later: new ResolveLater({ rooms: { open }, clock, log: silentLog }) };
}

const room = (name: string) => `!${name}` as RoomId;
const heads = (n: number) => [`$${n}` as EventId];

Deno.test("A24: a room full of conflicts keeps no other room's conflict waiting", async () => {
  const { world, done, later } = resolver();
  for (let n = 0; n < 500; n++) later.want(room("evil"), heads(n));
  later.want(room("fair"), heads(0));
  await world.runUntil(3 * WORK_MS);
  assert.deepEqual(done.map((each) => each.room).slice(0, 2), ["!evil", "!fair"]);
  // Also one that comes while the first rests is not made to wait for its rest.
  await world.runUntil(40_000);
  later.want(room("late"), heads(0));
  await world.runUntil(40_000 + 2 * WORK_MS);
  assert.equal(done.at(-1)?.room, "!late");
  const ending = later[Symbol.asyncDispose]();
  await world.runUntil(world.nowMs + WORK_MS);
  await ending;
});

Deno.test("a room asks for no more resolutions than it may", async () => {
  const { world, done, later } = resolver();
  for (let n = 0; n < 500; n++) later.want(room("evil"), heads(n));
  await world.runUntil(3 * 3_600_000);
  assert.equal(done.length, 20);
  // Each is followed by a rest.
  for (const [at, { atMs }] of done.entries()) {
    const before = done[at - 1];
    assert(before === undefined || atMs - before.atMs >= 60_000 + WORK_MS);
  }
  await later[Symbol.asyncDispose]();
});
