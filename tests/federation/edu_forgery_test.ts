/** G18: 1,000 forged EDUs change nothing, and honest ones between them are all shown. */
import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import { type ServerName } from "../../core/ids/server_name.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import type { EduShow } from "../../federation/edus/ports.ts";
import { EduReceiver } from "../../federation/edus/receive_edus.ts";
import { eduRooms } from "../../server/federation/edu_rooms.ts";
import { silentLog } from "../../server/system/log.ts";
import { randomEventId, serverName, userId } from "../harness/events.ts";
import { openRoomWorld } from "../harness/room_world.ts";
import { waitFor } from "../harness/wait_for.ts";

const FORGERIES = 1000;
const OLGA = userId("@olga:one.test");
const ANN = userId("@ann:two.test");
/** Left; was never there; is joined elsewhere alone. */
const LEFT = userId("@left:two.test");
const NEVER = userId("@never:two.test");
const TWO = serverName("two.test");
const DENIED = serverName("denied.test");
const DAN = userId("@dan:denied.test");
const THREE = serverName("three.test");
const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));

Deno.test("1,000 forged EDUs: none is shown; Inbound federation rejects receipts from wrong remote, rejects typing notifications from wrong remote", async () => {
  await using world = await openRoomWorld();
  const { room, general } = await world.guild(OLGA);
  const member = (user: string, membership: string) =>
    ["m.room.member", user, { membership }] as const;
  for (const user of [ANN, LEFT, DAN]) {
    await world.change(room, OLGA, member(user, "invite"));
    await world.change(room, user, member(user, "join"));
  }
  await world.change(room, LEFT, member(LEFT, "leave"));
  const hidden = encodeBase58Of16(world.rng.bytes(16));
  const entries = [{ target: "everyone", allow: "0", deny: VIEW }];
  const acl = { allow: ["*"], deny: ["denied.*"], allow_ip_literals: false };
  await world.change(
    room,
    OLGA,
    ["m.channel.policy", hidden, { kind: "text", closed: false, entries }],
    ["m.room.server_acl", "", acl],
  );
  const { id: eventId } = await world.say(room, { sender: OLGA, channelId: general, body: "hi" });

  const shown: string[] = [];
  const show: EduShow = {
    typing: (user, { channelId }) => void shown.push(`typing ${user} ${channelId}`),
    read: (user, { channelId }, id) => {
      shown.push(`read ${user} ${channelId} ${id}`);
      return Promise.resolve();
    },
    presence: (user, presence) => void shown.push(`presence ${user} ${presence}`),
    profile: (user) => void shown.push(`profile ${user}`),
    relationship: ({ from, to, word }) => {
      shown.push(`relationship ${from} ${to} ${word}`);
      return Promise.resolve();
    },
    devices: (user, version) => {
      shown.push(`devices ${user} ${version}`);
      return Promise.resolve();
    },
    group: ({ server, roomId, epoch }) => {
      shown.push(`group ${server} ${roomId} ${epoch}`);
      return Promise.resolve();
    },
    toDevice: ({ from, to, device, kind }) => {
      shown.push(`to_device ${from} ${to} ${device} ${kind}`);
      return Promise.resolve();
    },
  };
  const rooms = eduRooms(world);
  const receiver = new EduReceiver({ rooms, show, clock: world.clock, log: silentLog });
  const good: Readonly<Record<string, JsonObject>> = {
    "m.typing": {
      room_id: room.id,
      channel_id: general,
      user: ANN,
      typing: true,
      timeout_ms: 8000,
    },
    "m.read": { room_id: room.id, channel_id: general, user: ANN, event_id: eventId },
    "m.presence": { user: ANN, presence: "online" },
    "m.profile": { user: ANN },
    "m.relationship": { from: ANN, to: OLGA, action: "request" },
    "m.device": { user: ANN, version: 7 },
    "m.to_device": { from: ANN, to: OLGA, device: "*", kind: "welcome", body: "AAAA" },
  };
  const random = <T>(list: readonly T[]): T => list[world.rng.below(list.length)] as T;
  const forge = (): { origin: ServerName; type: string; content: unknown } => {
    const type = random(Object.keys(good));
    const content: Record<string, JsonValue> = { ...good[type] };
    const inRoom = type === "m.typing" || type === "m.read";
    // Who shares no room is nobody's business, but may ask to be a friend; of devices what is held
    // decides.
    const roomless = ["m.relationship", "m.device"].includes(type);
    const strangers = roomless ? [] : [NEVER];
    const whose = type === "m.relationship" || type === "m.to_device" ? "from" : "user";
    const forgeries: (() => { origin?: ServerName; type?: string; content?: unknown })[] = [
      () => ({ origin: THREE }),
      () => ({
        content: { ...content, [whose]: random([OLGA, ...strangers, DAN, "@ann:two.test:8448"]) },
      }),
      () => ({
        content: { ...content, [whose]: random(["", "ann", 7, null, [ANN], { id: ANN }]) },
      }),
      () => ({ origin: THREE, content: { ...content, [whose]: ANN } }),
      () => ({ type: random(["m.typing ", "M.TYPING", "m.receipt", "__proto__", "toString"]) }),
      () => ({ content: random([null, 1, "x", [], [content], { content }]) }),
      () => ({ content: { ...content, [whose]: "@" + "a".repeat(8000) + ":two.test" } }),
      () => {
        let nested: JsonValue = ANN;
        for (let level = 0; level < 500; level++) nested = { user: nested };
        return { content: { ...content, [whose]: nested } };
      },
      () => {
        const name = random(Object.keys(content));
        const { [name]: _gone, ...rest } = content;
        return { content: rest };
      },
      ...(inRoom
        ? [
          () => ({ content: { ...content, user: LEFT } }),
          () => ({ origin: DENIED, content: { ...content, user: DAN } }),
          () => ({ content: { ...content, channel_id: random([hidden, "main", "x"]) } }),
          () => ({ content: { ...content, room_id: roomIdFromHash(world.rng.bytes(32)) } }),
          () => ({ content: { ...content, room_id: random(["!", "", room.id + "1"]) } }),
        ]
        : type === "m.profile"
        ? [
          () => ({ content: { ...content, user: LEFT } }),
          () => ({ origin: DENIED, content: { ...content, user: DAN } }),
        ]
        : type === "m.relationship"
        ? [
          () => ({ content: { ...content, to: random(["", "olga", 7, null, [OLGA]]) } }),
          () => ({ content: { ...content, action: random(["block", "ACCEPT", 1, ["accept"]]) } }),
        ]
        : type === "m.device"
        ? [() => ({ content: { ...content, version: random([-1, 0.5, "7", null, 1e300]) } })]
        : type === "m.to_device"
        ? [
          () => ({ content: { ...content, from: LEFT } }),
          () => ({ content: { ...content, to: NEVER } }),
          () => ({ origin: DENIED, content: { ...content, from: DAN } }),
          () => ({ content: { ...content, to: random(["", "olga", 7, null, [OLGA]]) } }),
          () => ({ content: { ...content, device: random(["", "**", "x", 7, null]) } }),
          () => ({ content: { ...content, kind: random(["m.room_key", "WELCOME", "", 7]) } }),
          () => ({ content: { ...content, body: random(["A", "AAA=", "A".repeat(5464), 7]) } }),
        ]
        : [
          () => ({ content: { ...content, user: LEFT } }),
          () => ({ origin: DENIED, content: { ...content, user: DAN } }),
          () => ({ content: { ...content, presence: random(["there", "ONLINE", 1, ["online"]]) } }),
          () => ({ content: { ...content, status: "s".repeat(5000) } }),
        ]),
      ...(type === "m.typing"
        ? [
          () => ({ content: { ...content, timeout_ms: random([-1, 30_001, 1e15, 0.5, "8000"]) } }),
          () => ({ content: { ...content, typing: random([false, "true", 1]) } }),
        ]
        : []),
      ...(type === "m.read"
        ? [() => ({ content: { ...content, event_id: random(["", "$", eventId.slice(1), 5]) } })]
        : []),
    ];
    return { origin: TWO, type, content, ...random(forgeries)() };
  };
  for (let n = 0; n < FORGERIES; n++) {
    const { origin, ...edu } = forge();
    receiver.receive(origin, edu);
    if (n % 100 === 99) await waitFor("the forgeries", () => Promise.resolve(receiver.isIdle));
    assert.deepEqual(shown, []);
  }
  // Of no user: any server of the room may say it, and nobody else.
  const group = { room_id: room.id, term: 0, epoch: 3 };
  for (
    const [origin, content] of [
      [THREE, group],
      [DENIED, group],
      [TWO, { ...group, room_id: roomIdFromHash(world.rng.bytes(32)) }],
      [TWO, { ...group, epoch: -1 }],
      [TWO, { ...group, term: "0" }],
    ] as const
  ) {
    receiver.receive(origin, { type: "m.group", content });
  }
  await waitFor("the forged groups", () => Promise.resolve(receiver.isIdle));
  assert.deepEqual(shown, []);
  receiver.receive(TWO, { type: "m.group", content: group });
  for (const [type, content] of Object.entries(good)) receiver.receive(TWO, { type, content });
  await waitFor("the honest ones", () => Promise.resolve(receiver.isIdle));
  assert.deepEqual(shown.sort(), [
    `devices ${ANN} 7`,
    `group ${TWO} ${room.id} 3`,
    `presence ${ANN} online`,
    `profile ${ANN}`,
    `read ${ANN} ${general} ${eventId}`,
    `relationship ${ANN} ${OLGA} request`,
    `to_device ${ANN} ${OLGA} * welcome`,
    `typing ${ANN} ${general}`,
  ]);
  receiver.receive(TWO, {
    type: "m.read",
    content: { ...good["m.read"], event_id: randomEventId(world.rng) },
  });
  await waitFor("the last", () => Promise.resolve(receiver.isIdle));
  assert.equal(shown.length, 9, "what is not held is the store's to ignore");
});
