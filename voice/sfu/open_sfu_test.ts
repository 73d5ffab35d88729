import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { testOnEach } from "../../tests/harness/engines.ts";
import { buildCheck, type ScriptedPeer } from "../../tests/harness/scripted_peer.ts";
import { openVoiceRoom } from "../../tests/harness/voice_room.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemRng } from "../../server/system/rng.ts";
import { frame, Unframer } from "./framing.ts";
import { openSfu } from "./open_sfu.ts";

/** What a participant hears, as texts. */
function listen(peer: ScriptedPeer): string[] {
  const heard: string[] = [];
  peer.onVoice = (payload) => heard.push(payload.toString());
  return heard;
}

/** Says something over and over until it was heard: datagrams may be lost. */
async function sayUntilHeard(peer: ScriptedPeer, text: string, ...ears: string[][]): Promise<void> {
  await waitFor(`"${text}" to be heard`, () => {
    peer.speak(Buffer.from(text));
    return ears.every((heard) => heard.includes(text));
  });
}

testOnEach(
  "a voice goes to all others of its call as it came, and to nobody else",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const ann = await room.join("ann");
    const ben = await room.join("ben");
    const eve = await room.join("eve");
    const other = await room.join("zoe", { call: "elsewhere" });
    await Promise.all([ann, ben, eve, other].map((peer) => peer.connect()));
    const [own, first, second, apart] = [ann, ben, eve, other].map(listen);
    assert.ok(own && first && second && apart);
    await sayUntilHeard(ann, "hello", first, second);
    assert.deepEqual([own, apart], [[], []]);
    await sayUntilHeard(eve, "and back", own, first);
    assert.equal(room.sfu.stats().connected, 4);
  },
);

testOnEach("who comes over IPv6 and who comes over IPv4 hear each other", async (engine) => {
  await using room = await openVoiceRoom(engine, ["127.0.0.1", "::1"]);
  const [ann, ben] = [await room.join("ann", {}, "::1"), await room.join("ben")];
  const offered = [
    ...ann.seat.offer.sdp.matchAll(/^a=candidate:\d+ 1 udp \d+ (\S+) \d+ typ host/gm),
  ];
  assert.deepEqual(offered.map(([, address]) => address), ["127.0.0.1", "::1"]);
  await Promise.all([ann, ben].map((peer) => peer.connect()));
  const [atAnn, atBen] = [listen(ann), listen(ben)];
  await sayUntilHeard(ann, "over six", atBen);
  await sayUntilHeard(ben, "over four", atAnn);
});

testOnEach(
  "who may not speak is not heard, who may not hear hears nothing, from the next packet on",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const [ann, ben, eve] = [
      await room.join("ann"),
      await room.join("ben"),
      await room.join("eve"),
    ];
    await Promise.all([ann, ben, eve].map((peer) => peer.connect()));
    const [atBen, atEve] = [listen(ben), listen(eve)];
    await sayUntilHeard(ann, "one", atBen, atEve);
    ben.seat.set({ hear: false });
    await sayUntilHeard(ann, "two", atEve);
    ben.seat.set({ hear: true });
    ann.seat.set({ speak: false });
    const speaking: boolean[] = [];
    ann.seat.onSpeaking((each) => speaking.push(each));
    ann.speak(Buffer.from("three"));
    await sayUntilHeard(eve, "four", atBen);
    assert.deepEqual(speaking, [], "what is not heard is no speech");
    ann.seat.set({ speak: true });
    await sayUntilHeard(ann, "five", atBen, atEve);
    assert.ok(!atBen.includes("two") && !atBen.includes("three") && !atEve.includes("three"));
    assert.equal(speaking[0], true);
    ann.seat.leave();
    ann.speak(Buffer.from("six"));
    await sayUntilHeard(eve, "seven", atBen);
    assert.ok(!atBen.includes("six"));
    assert.deepEqual(ben.seat.offer.mids.map(({ participant }) => participant), ["eve"]);
  },
);

testOnEach(
  "somebody silent is disconnected, comes back with a check, and is given up in the end",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const [ann, ben] = [await room.join("ann"), await room.join("ben")];
    const states: string[] = [];
    ann.seat.onState((state) => states.push(state));
    await Promise.all([ann, ben].map((peer) => peer.connect()));
    const reached = (state: string) => waitFor(state, () => states.at(-1) === state);
    await reached("connected");
    for (const peer of [ann, ben]) peer.fallSilent();
    room.passTime(limits.voice.silentMs);
    await reached("disconnected");
    const before = ann.received.rtp;
    ben.check();
    await waitFor("ben to be back", () => ben.seat.state === "connected");
    ben.speak(Buffer.from("unheard"));
    ann.check();
    await reached("connected");
    assert.equal(ann.received.rtp, before, "nothing is sent to who has not asked for it");
    room.passTime(limits.voice.consentMs);
    await reached("failed");
    assert.deepEqual(states.slice(0, 4), ["checked", "connected", "disconnected", "connected"]);
    ann.seat.leave();
    assert.equal(ann.seat.state, "gone");
    await waitFor("ben to be given up as well", () => room.sfu.stats().seats === 0);
    assert.equal(room.sfu.stats().calls, 0);
  },
);

testOnEach("who never comes is given up", async (engine) => {
  await using room = await openVoiceRoom(engine);
  const ann = await room.join("ann");
  room.passTime(limits.voice.maxConnectMs + 1);
  await waitFor("the end", () => ann.seat.state === "failed");
  assert.equal(ann.seat.answer(1, "v=0").ok, false);
});

testOnEach("a call has a bound", async (engine) => {
  await using room = await openVoiceRoom(engine);
  const request = { call: "full", speak: true, hear: true, bitrate: 64_000 };
  const seats = Array.from(
    { length: limits.voice.maxSeatsPerCall },
    (_, at) => room.sfu.join({ ...request, participant: String(at) }),
  );
  assert.ok(seats.every((seat) => seat !== undefined));
  assert.equal(room.sfu.join({ ...request, participant: "late" }), undefined);
  seats[0]?.leave();
  assert.ok(room.sfu.join({ ...request, participant: "late" }));
});

testOnEach("a server that cannot listen or has nothing to announce says so", async (engine) => {
  await using room = await openVoiceRoom(engine);
  const options = { tcp: true, engine, log: silentLog, clock: systemClock, rng: systemRng };
  const bind = [{ hostname: "127.0.0.1", port: room.sfu.port }];
  await assert.rejects(
    openSfu({ ...options, bind, announce: ["127.0.0.1"] }),
    new RegExp(`cannot listen on UDP 127.0.0.1 port ${room.sfu.port}`),
  );
  await assert.rejects(openSfu({ ...options, bind, announce: [] }), /no address to announce/);
  await assert.rejects(openSfu({ ...options, bind, announce: ["a.b"] }), /"a.b".* no IP address/);
});

/** A browser's end of a TCP connection: what has come, datagram by datagram, and whether it ended. */
async function openStream(port: number) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const got: Buffer[] = [];
  const unframer = new Unframer();
  const ended = (async () => {
    const bytes = new Uint8Array(4096);
    for (let count = await connection.read(bytes); count !== null;) {
      got.push(...unframer.push(Buffer.from(bytes.slice(0, count))) ?? []);
      count = await connection.read(bytes);
    }
  })().catch(() => {});
  return {
    got,
    ended,
    send: (data: Uint8Array) => connection.write(frame(data)).then(() => {}),
    write: (data: Uint8Array) => connection.write(data).then(() => {}),
    async [Symbol.asyncDispose]() {
      try {
        connection.close();
      } catch {
        // The server has closed it.
      }
      await ended;
    },
  };
}

testOnEach(
  "a check over TCP is answered and opens a way; other connections are closed in the end",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const [ann, ben] = [await room.join("ann"), await room.join("ben")];
    await ben.connect();
    await using good = await openStream(room.sfu.port);
    await using silent = await openStream(room.sfu.port);
    await using rude = await openStream(room.sfu.port);
    const { sdp } = ann.seat.offer;
    const value = (name: string) => new RegExp(`^a=ice-${name}:(.+)\\r$`, "m").exec(sdp)?.[1] ?? "";
    assert.match(
      sdp,
      new RegExp(
        `^a=candidate:2 1 tcp \\d+ 127\\.0\\.0\\.1 ${room.sfu.port} typ host tcptype passive\\r$`,
        "m",
      ),
    );
    const check = (password: string) => buildCheck({ username: `${value("ufrag")}:x`, password });

    await silent.send(check("guess"));
    await rude.write(Buffer.alloc(2 + limits.voice.maxDatagramBytes, 0xff));
    await rude.ended;
    // In two pieces, as a stream may bring it.
    const whole = frame(check(value("pwd")));
    await good.write(whole.subarray(0, 7));
    await good.write(whole.subarray(7));
    await waitFor("an answer", () => good.got.length === 1);
    assert.equal(good.got[0]?.readUInt16BE(0), 0x0101);
    assert.equal(ann.seat.state, "checked");
    room.passTime(limits.voice.tcpProofMs + 1);
    await silent.ended;
    assert.deepEqual(silent.got, []);
    await waitFor("the guess to be counted", () => room.sfu.stats().packetsRefusedTcp === 1);
    assert.equal(room.sfu.stats().packetsReceivedTcp, 0);
    await good.send(check(value("pwd")));
    await waitFor("a second answer", () => good.got.length === 2);
    ann.seat.leave();
    await good.ended;
  },
);

testOnEach(
  "an address that this machine does not have is left out, and not announced",
  async (engine) => {
    const warnings: string[] = [];
    const log: Log = {
      log: (_level, message, fields) => warnings.push(`${message}: ${fields?.["hostname"]}`),
      child: () => log,
    };
    const port = freePort();
    await using sfu = await openSfu({
      bind: [{ hostname: "127.0.0.1", port }, { hostname: "192.0.2.1", port: 0 }],
      tcp: true,
      engine,
      announce: ["127.0.0.1", "2001:db8::1"],
      log,
      clock: systemClock,
      rng: systemRng,
    });
    assert.equal(sfu.port, port);
    assert.ok(warnings.includes("Voice cannot listen on an address: 192.0.2.1"));
    const request = { call: "a", participant: "b", speak: true, hear: true, bitrate: 64_000 };
    const { sdp } = sfu.join(request)?.offer ?? { sdp: "" };
    const candidates = [...sdp.matchAll(/^a=candidate:\d+ 1 (\w+) \d+ (\S+) (\d+) typ host/gm)];
    assert.deepEqual(candidates.map(([, ...each]) => each.join(" ")), [
      `udp 127.0.0.1 ${port}`,
      `tcp 127.0.0.1 ${port}`,
    ]);
  },
);
