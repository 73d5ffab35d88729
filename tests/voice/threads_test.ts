import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { silentLog } from "../../server/system/log.ts";
import { systemClock } from "../../server/system/clock.ts";
import { systemRng } from "../../server/system/rng.ts";
import { MediaThread } from "../../server/voice/media_thread.ts";
import { makeIdentity } from "../../voice/werift/certificate.ts";
import type { MediaReport } from "../../voice/sfu/media.ts";
import { openSfu } from "../../voice/sfu/open_sfu.ts";
import type { Seat } from "../../voice/sfu/sfu.ts";
import { sitDown } from "../harness/lounge.ts";
import { buildCheck, ScriptedPeer } from "../harness/scripted_peer.ts";
import { waitFor } from "../harness/wait_for.ts";

const LOOPBACK = {
  bind: [{ hostname: "127.0.0.1", port: 0 }],
  announce: ["127.0.0.1"],
  tcp: false,
};

/** The port that an offer tells. */
function portOf({ offer }: Seat): number {
  return Number(/^a=candidate:1 1 udp \d+ \S+ (\d+) typ host/m.exec(offer.sdp)?.[1]);
}

for (const fastPath of [false, true]) {
  Deno.test(`calls are spread over threads and stay there, ${fastPath ? "fast" : "stock"}`, async () => {
    await using sfu = await openSfu({
      ...LOOPBACK,
      log: silentLog,
      clock: systemClock,
      rng: systemRng,
      threads: {
        count: 2,
        open: (plan, report) =>
          MediaThread.start(plan, {
            engine: { fastPath, gatherMs: 4 },
            log: silentLog,
            report,
          }),
      },
    });
    assert.equal(new Set(sfu.ports).size, 2);
    const identity = await makeIdentity();
    await using stack = new AsyncDisposableStack();
    const enter = async (name: string, call: string) => {
      const seat = sitDown(sfu, name, { call });
      return stack.use(await ScriptedPeer.open(seat, portOf(seat), identity));
    };
    const [ann, zoe, ben, yan] = [
      await enter("ann", "one"),
      await enter("zoe", "two"),
      await enter("ben", "one"),
      await enter("yan", "two"),
    ];
    assert.deepEqual(
      [ann, zoe, ben, yan].map(({ seat }) => sfu.ports.indexOf(portOf(seat))),
      [0, 1, 0, 1],
    );
    const speaking: boolean[] = [];
    zoe.seat.onSpeaking((each) => speaking.push(each));
    await Promise.all([ann, zoe, ben, yan].map((peer) => peer.connect()));
    for (const [from, to] of [[ann, ben], [zoe, yan]] as const) {
      const heard: string[] = [];
      to.onVoice = (payload) => heard.push(payload.toString());
      await waitFor("a voice", () => {
        from.speak(Buffer.from("hello"));
        return heard.includes("hello");
      });
    }
    await waitFor("zoe to be seen speaking", () => speaking[0] === true);
    await waitFor("all to be connected", () => sfu.stats().connected === 4);
    const passedOn = (room: number) => new Map(sfu.stats().rooms).get(room)?.packetsForwarded ?? 0;
    await waitFor("figures of each call", () => passedOn(1) >= 1 && passedOn(2) >= 1);
    const of = (room: number) => ({ room, seats: 2, connected: 2 });
    assert.deepEqual(sfu.stats().seatsByRoom, [of(1), of(2)]);
    const { rooms, packetsReceived } = sfu.stats();
    const byRoom = rooms.map(([, stats]) => stats.packetsReceived);
    assert.equal(byRoom.reduce((sum, each) => sum + each, 0), packetsReceived);

    ann.seat.leave();
    zoe.seat.leave();
    await waitFor("yan to be told", () => yan.seat.offer.mids.length === 0);
    assert.deepEqual([sfu.stats().calls, sfu.stats().seats], [2, 2]);
    yan.seat.leave();
    assert.equal(sfu.stats().calls, 1);
    // The number of a call that is over is the next one's, whose sums go on from there.
    const before = passedOn(2);
    await enter("kim", "three");
    assert.deepEqual(sfu.stats().seatsByRoom.map(({ room, seats }) => [room, seats]), [
      [1, 1],
      [2, 1],
    ]);
    assert.ok(passedOn(2) >= before);
  });
}

Deno.test("a thread that breaks ends its seats, and the next one finds it at the same port", async () => {
  const reports: MediaReport[] = [];
  const plan = { ...LOOPBACK, maxSpeakers: 5, maxBytesPerSecond: Infinity };
  await using thread = await MediaThread.start({ ...plan, identity: await makeIdentity() }, {
    engine: { fastPath: false, gatherMs: 0 },
    log: silentLog,
    report: (report) => reports.push(report),
  });
  const { port } = thread;
  const seat = (each: number, credentials: { ufrag: string; password: string }) => ({
    ...{ kind: "open", seat: each, call: "one", room: 1 } as const,
    ...{ speak: true, hear: true, bitrate: 64_000 },
    credentials,
  });
  thread.tell(seat(1, { ufrag: "good", password: "good" }));
  // What it cannot take breaks it.
  thread.tell(seat(2, undefined as never));
  await waitFor("the end of both", () => reports.length === 2);
  assert.deepEqual(
    reports.map((report) => [report.seat, report.kind === "state" && report.state]),
    [
      [1, "failed"],
      [2, "failed"],
    ],
  );
  thread.tell(seat(3, { ufrag: "again", password: "secret" }));
  assert.equal(thread.port, port);
  const socket = createSocket("udp4");
  let answered = false;
  socket.on("message", () => answered = true);
  await waitFor("an answer to a check", () => {
    socket.send(buildCheck({ username: "again:x", password: "secret" }), port, "127.0.0.1");
    return answered;
  });
  socket.close();
  await waitFor("its report", () => reports.some(({ seat }) => seat === 3));
});
