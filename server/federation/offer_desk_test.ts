import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { testServer, userId } from "../../tests/harness/events.ts";
import { ManualClock } from "../../tests/harness/parts.ts";
import { SignedRoom } from "../../tests/harness/signed_room.ts";
import { silentLog } from "../system/log.ts";
import { JoiningOfferDesk } from "./offer_desk.ts";

Deno.test("a server whose offered joins never end takes up its own places alone", async () => {
  const [home, hostile, honest] = [
    testServer("home.example", 1),
    testServer("hostile.example", 2),
    testServer("honest.example", 3),
  ] as const;
  const guild = await SignedRoom.open([home, hostile, honest]);
  const user = userId("@ann:home.example");
  for (const who of [user, userId("@eve:hostile.example"), userId("@bob:honest.example")]) {
    await guild.member(who, who, { membership: "join" });
  }
  const authority = new Authority(
    guild.state,
    roomFacts(guild.events[0] as ControlEvent) as never,
  );
  const joins: string[] = [];
  const stuck = Promise.withResolvers<void>();
  const desk = new JoiningOfferDesk({
    rooms: { open: () => Promise.resolve({ authority, checking: undefined }) },
    remote: {
      join: ({ servers }) => {
        joins.push(servers[0] ?? "");
        return stuck.promise;
      },
    },
    clock: new ManualClock(),
    log: silentLog,
  });
  const offer = (origin: typeof home.name, nr: number) =>
    desk.receive({ origin, roomId: `!room${nr}` as RoomId, guildId: guild.roomId, user });
  for (let nr = 0; nr < 8; nr++) await offer(hostile.name, nr);
  await assert.rejects(
    offer(hostile.name, 8),
    (error) => error instanceof OperationError && error.code === "unavailable",
  );
  await offer(hostile.name, 3);
  await offer(honest.name, 3);
  assert.deepEqual(joins, [...Array(8).fill(hostile.name), honest.name]);
  stuck.resolve();
  await desk[Symbol.asyncDispose]();
  assert.equal(joins.length, 9);
});
