import assert from "node:assert/strict";
import type { User } from "../../../core/api/user.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../../core/ids/event_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { LocalBus } from "../../system/local_bus.ts";
import { Hub } from "./hub.ts";
import { Typing } from "./typing.ts";

Deno.test("whoever names ever new threads is not told of more often for it", () => {
  const clock = new ManualClock();
  const hub = new Hub({ meter: { delivered: () => undefined } }, { recentCount: 10 });
  const typing = new Typing({ clock, bus: new LocalBus(), hub }, { pairCount: 10 });
  const told: (EventId | undefined)[] = [];
  typing.watch((_user, { threadId }) => told.push(threadId));
  const ada = { id: "@ada:localhost" } as User;
  const announce = (threadId?: EventId) =>
    typing.announce(ada, { roomId: "!room" as RoomId, channelId: MAIN_CHANNEL, threadId });
  const threads = Array.from(
    { length: 20 },
    (_, i) => eventIdFromHash(new Uint8Array(32).fill(i + 1)),
  );
  announce();
  for (const thread of [threads[0], ...threads]) announce(thread);
  assert.deepEqual(told.splice(0), [undefined, threads[0], threads[1]]);
  clock.advance(3000);
  announce(threads[0]);
  announce(threads[0]);
  announce();
  assert.deepEqual(told, [threads[0], undefined]);
  typing.stop();
});
