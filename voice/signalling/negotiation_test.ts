import assert from "node:assert/strict";
import { limits } from "../../core/limits.ts";
import { answerTo } from "../../tests/harness/sdp_answer.ts";
import { type Layer, layersFor } from "./layers.ts";
import { Negotiation } from "./negotiation.ts";
import type { OfferedStream } from "./parts.ts";
import { readAnswer } from "./read_answer.ts";
import type { ShownTrack } from "./tracks.ts";

const PRINT = Array.from({ length: 32 }, () => "AB").join(":");

const LAYERS: readonly Layer[] = [
  { rid: "l", bitrate: 200_000, scale: 4 },
  { rid: "h", bitrate: 1_000_000, scale: 1 },
];

const VOICE = [{ mid: "1", track: "voice", isSent: false }] as const;

const voice = (participant: string, stream: number): OfferedStream => ({
  participant,
  stream,
  track: "voice",
});

function begin(voices: OfferedStream[] = [], layers = layersFor(1_500_000)) {
  const now = { voices, sent: [] as ShownTrack[] };
  const negotiation = new Negotiation(() => ({
    streams: now.voices,
    sent: now.sent,
    bitrate: 64_000,
    layers,
    ufrag: "ufrag",
    password: "password",
    fingerprint: PRINT,
    candidates: [{ address: "192.0.2.1", port: 4000, transport: "udp" }],
  }));
  return { now, negotiation };
}

const directions = (sdp: string) =>
  [...sdp.matchAll(/^a=(sendonly|recvonly|inactive)\r?$/gm)].map((match) => match[1]);

Deno.test("an offer takes the microphone and brings each voice in a part of its own", () => {
  const { negotiation } = begin([voice("ann", 11), voice("ben", 12)]);
  const { sdp, mids, seq } = negotiation.offer;
  assert.equal(seq, 1);
  assert.deepEqual(mids, [
    { mid: "1", participant: "ann", track: "voice" },
    { mid: "2", participant: "ben", track: "voice" },
  ]);
  assert.deepEqual(directions(sdp), ["recvonly", "sendonly", "sendonly"]);
  assert.match(sdp, /^a=group:BUNDLE 0 1 2\r$/m);
  assert.match(sdp, /^a=ssrc:12 /m);
  assert.match(sdp, /^a=candidate:1 1 udp \d+ 192\.0\.2\.1 4000 typ host\r$/m);
  assert.ok(!sdp.includes("ann"), "names travel beside the description");
});

Deno.test("one offer waits for its answer; what changes meanwhile is one more", () => {
  const { now, negotiation } = begin();
  const first = negotiation.offer;
  now.voices = [voice("ann", 11)];
  negotiation.change();
  assert.equal(negotiation.next(), undefined);
  now.voices = [...now.voices, voice("ben", 12)];
  negotiation.change();
  assert.equal(negotiation.answer(2, answerTo(first.sdp)).kind, "refused");
  assert.equal(negotiation.answer(1, answerTo(first.sdp)).kind, "taken");
  assert.equal(negotiation.answer(1, answerTo(first.sdp)).kind, "repeated");
  const second = negotiation.next();
  assert.equal(second?.mids.length, 2);
  assert.equal(negotiation.next(), undefined);
  const answered = negotiation.answer(2, answerTo(second?.sdp ?? ""));
  assert.deepEqual(answered.kind === "taken" && answered.streams, [11, 12]);
  assert.equal(negotiation.next(), undefined, "nothing has changed");
});

Deno.test("a part of somebody who left is offered as empty before it is used again", () => {
  const [ann, ben, eve] = [voice("ann", 11), voice("ben", 12), voice("eve", 13)];
  const { now, negotiation } = begin([ann, ben]);
  const turn = (voices: OfferedStream[]) => {
    negotiation.answer(negotiation.offer.seq, answerTo(negotiation.offer.sdp));
    now.voices = voices;
    negotiation.change();
    return negotiation.next()?.mids.map(({ mid, participant }) => `${mid} ${participant}`);
  };
  assert.deepEqual(turn([ben]), ["2 ben"]);
  assert.deepEqual(directions(negotiation.offer.sdp), ["recvonly", "inactive", "sendonly"]);
  assert.deepEqual(turn([ben, eve]), ["1 eve", "2 ben"]);
  assert.deepEqual(turn([eve, ann]), ["1 eve", "3 ann"], "ben's is not empty yet");
  assert.deepEqual(turn([eve, ann, ben]), ["1 eve", "2 ben", "3 ann"]);
});

Deno.test("parts have a bound: who came last is not heard until one is free", () => {
  const many = Array.from({ length: limits.voice.maxSdpParts + 1 }, (_, at) => voice(`v${at}`, at));
  const { now, negotiation } = begin(many);
  assert.equal(negotiation.offer.mids.length, limits.voice.maxSdpParts);
  now.voices = many.slice(1);
  negotiation.change();
  for (let turn = 0; turn < 2; turn++) {
    assert.equal(
      negotiation.answer(negotiation.offer.seq, answerTo(negotiation.offer.sdp)).kind,
      "taken",
    );
    assert.ok(negotiation.next(), "a part that is free is offered without a further change");
  }
  assert.deepEqual(negotiation.offer.mids[0], {
    mid: "1",
    participant: `v${limits.voice.maxSdpParts}`,
    track: "voice",
  });
});

Deno.test("what is shown leaves parts for voices that come later", () => {
  const { maxSdpParts, sdpPartsForVoices } = limits.voice;
  const pictures = Array.from({ length: maxSdpParts }, (_, at): OfferedStream => ({
    participant: `p${at}`,
    stream: 1000 + at,
    track: at % 2 === 0 ? "camera" : "screen_sound",
  }));
  const { now, negotiation } = begin(pictures);
  assert.equal(negotiation.offer.mids.length, maxSdpParts - sdpPartsForVoices);
  negotiation.answer(1, answerTo(negotiation.offer.sdp));
  now.sent = ["screen", "screen_sound", "camera"];
  const voices = Array.from(
    { length: sdpPartsForVoices - now.sent.length },
    (_, at) => voice(`v${at}`, at),
  );
  now.voices = [...pictures, ...voices];
  negotiation.change();
  const offer = negotiation.next();
  assert.equal(offer?.sends.length, 3);
  assert.equal(offer?.mids.filter(({ track }) => track === "voice").length, voices.length);
});

Deno.test("what waits for a part gets the next one that is free, and not more than there is room for", () => {
  const { maxSdpParts, sdpPartsForVoices } = limits.voice;
  const room = maxSdpParts - sdpPartsForVoices;
  const cameras = Array.from({ length: room + 2 }, (_, at): OfferedStream => ({
    participant: `p${at}`,
    stream: 1000 + at,
    track: "camera",
  }));
  const voices = Array.from({ length: sdpPartsForVoices + 1 }, (_, at) => voice(`v${at}`, at));
  const { now, negotiation } = begin([...voices, ...cameras]);
  const settle = () => {
    let offers = 0;
    do {
      const { seq, sdp } = negotiation.offer;
      assert.equal(negotiation.answer(seq, answerTo(sdp)).kind, "taken");
      offers++;
    } while (negotiation.next() !== undefined);
    return offers;
  };
  const held = (track: string) => negotiation.offer.mids.filter((each) => each.track === track);
  assert.equal(settle(), 1, "nothing is free");
  assert.deepEqual([held("voice").length, held("camera").length], [
    sdpPartsForVoices + 1,
    room - 1,
  ]);
  // Of two cameras that end one place is left for each that waits: they come by themselves.
  now.voices = [...voices, ...cameras.slice(2)];
  negotiation.change();
  negotiation.next();
  assert.equal(settle(), 2);
  assert.equal(held("camera").length, room - 1);
  assert.ok(held("camera").some(({ participant }) => participant === `p${room}`));
  assert.equal(directions(negotiation.offer.sdp).length, maxSdpParts + 1);
});

Deno.test("an offer that may be lost is replaced: the old one can no longer be answered", () => {
  const { negotiation } = begin([voice("ann", 11)]);
  const first = negotiation.offer;
  negotiation.supersede();
  assert.equal(negotiation.next()?.seq, 2);
  assert.equal(negotiation.answer(1, answerTo(first.sdp)).kind, "refused");
  assert.equal(negotiation.answer(2, answerTo(negotiation.offer.sdp)).kind, "taken");
});

Deno.test("an answer that is none says what is wrong", () => {
  const { sdp } = begin([voice("ann", 11)]).negotiation.offer;
  const good = answerTo(sdp);
  const read = (text: string) => readAnswer(text, VOICE, layersFor(1_500_000));
  const answer = read(good);
  assert.ok(typeof answer !== "string");
  assert.deepEqual([answer.fingerprint, [...answer.received], answer.sends], [PRINT, ["1"], true]);
  const faults: [string, RegExp][] = [
    ["", /v=0/],
    [good.slice(0, good.lastIndexOf("m=audio")), /1 parts, the offer 2/],
    [good.replace("a=mid:1", "a=mid:7"), /part 1 of the answer is 7/],
    [answerTo(sdp, { setup: "passive" }), /setup:passive/],
    [good.replace("m=audio 9", "m=audio 0"), /refuses the first part/],
    [good.replaceAll(/a=fingerprint.*/g, "a=x"), /fingerprint/],
    [good.replace(PRINT, PRINT.replace("AB", "AC")), /fingerprint, or several/],
    [good.replaceAll("SAVPF 111", "SAVPF 0"), /no format 111/],
    [good + "a=".padEnd(limits.voice.maxSdpBytes, "x"), /is the bound/],
  ];
  for (const [text, fault] of faults) assert.match(String(read(text)), fault);
});

Deno.test("a browser that takes or sends nothing is understood", () => {
  const { sdp } = begin([voice("ann", 11)]).negotiation.offer;
  const silent = answerTo(sdp).replaceAll(/^a=(sendonly|recvonly)\r$/gm, "a=inactive\r");
  const answer = readAnswer(silent, VOICE, layersFor(1_500_000));
  assert.ok(typeof answer !== "string");
  assert.deepEqual([[...answer.received], answer.sends], [[], false]);
});

Deno.test("what somebody shows has parts of its own: the sender's stay, a watcher's come and go", () => {
  const screen: OfferedStream = { participant: "ann", stream: 21, track: "screen" };
  const sound: OfferedStream = { participant: "ann", stream: 22, track: "screen_sound" };
  const ann = voice("ann", 11);
  const { now, negotiation } = begin([ann]);
  const turn = (streams: OfferedStream[], sent: ShownTrack[]) => {
    const before = negotiation.answer(negotiation.offer.seq, answerTo(negotiation.offer.sdp));
    assert.equal(before.kind, "taken");
    now.voices = streams;
    now.sent = sent;
    negotiation.change();
    return negotiation.next();
  };
  const shows = turn([ann], ["camera"]);
  assert.deepEqual(shows?.sends, [{ mid: "2", track: "camera", layers: [] }]);
  assert.match(
    shows?.sdp ?? "",
    /^m=video 9 UDP\/TLS\/RTP\/SAVPF 97\r\nc=.*\r\nb=TIAS:1500000\r$/m,
  );
  assert.match(shows?.sdp ?? "", /^a=rtcp-fb:97 nack pli\r$/m);
  const watches = turn([ann, screen, sound], ["camera"]);
  assert.deepEqual(watches?.mids.map(({ mid, track }) => `${mid} ${track}`), [
    "1 voice",
    "3 screen",
    "4 screen_sound",
  ]);
  assert.match(watches?.sdp ?? "", /^a=ssrc:21 /m);
  // What belongs together is played in step.
  assert.deepEqual([...(watches?.sdp ?? "").matchAll(/^a=msid:(.*)\r$/gm)].map(([, id]) => id), [
    "voice1 voice1",
    "screen3 screen3",
    "screen3 screen_sound4",
  ]);
  const none = turn([ann], ["camera"]);
  assert.match(none?.sdp ?? "", /^a=group:BUNDLE 0 1 2\r$/m);
  assert.match(none?.sdp ?? "", /^m=video 0 .*\r\nc=.*\r\na=mid:3\r$/m);
  assert.match(none?.sdp ?? "", /^m=audio 0 .*\r\nc=.*\r\na=mid:4\r$/m);
  assert.deepEqual(none?.sends, [{ mid: "2", track: "camera", layers: [] }]);
  assert.deepEqual(directions(none?.sdp ?? "").slice(2), ["recvonly", "inactive", "inactive"]);
  const ben = voice("ben", 12);
  assert.deepEqual(
    turn([ann, ben], ["camera"])?.mids.at(-1),
    { mid: "5", participant: "ben", track: "voice" },
    "another part stands in the place of one that is over",
  );
  const other: OfferedStream = { participant: "eve", stream: 31, track: "screen" };
  assert.equal(
    turn([ann, ben, other], ["camera"])?.mids.at(-1)?.mid,
    "6",
    "a picture takes no part of another one",
  );
  assert.equal(directions(negotiation.offer.sdp).length, 5, "and no place of its own");
  assert.deepEqual(
    negotiation.offer.mids.map(({ mid, participant }) => `${mid} ${participant}`),
    ["1 ann", "5 ben", "6 eve"],
  );
});

Deno.test("a picture is asked for in layers, and the answer says which of them come", () => {
  const { now, negotiation } = begin([], { ...layersFor(1_500_000), camera: LAYERS });
  assert.equal(negotiation.answer(1, answerTo(negotiation.offer.sdp)).kind, "taken");
  now.sent = ["screen", "camera"];
  negotiation.change();
  const { seq, sdp, sends } = negotiation.next() ?? assert.fail("there is something to offer");
  assert.deepEqual(sends, [
    { mid: "1", track: "screen", layers: [] },
    { mid: "2", track: "camera", layers: LAYERS },
  ]);
  const [, , screen, camera] = sdp.split("m=");
  assert.ok(!screen?.includes("simulcast"), "a screen comes once");
  assert.match(camera ?? "", /^a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r$/m);
  assert.match(camera ?? "", /^a=rid:l recv\r\na=rid:h recv\r\na=simulcast:recv l;h\r$/m);
  assert.match(camera ?? "", /^b=TIAS:1200000\r$/m);
  const good = answerTo(sdp);
  const faults: [string, RegExp][] = [
    ["a=simulcast:send l;x", /layer "x" that was not offered/],
    ["a=simulcast:send l;l", /layer "l" that was not offered, or twice/],
    ["a=simulcast:send", /names no list/],
    ["a=simulcast:recv l;h", /names no list/],
    [`a=simulcast:send ${"l;".repeat(60)}h`, /names no list/],
    ["a=simulcast:send __proto__;h", /not offered/],
    ["a=simulcast:send l; h", /names no list/],
  ];
  for (const [line, fault] of faults) {
    const answered = negotiation.answer(seq, good.replace(/a=simulcast:.*(?=\r)/, line));
    assert.match(answered.kind === "refused" ? answered.reason : answered.kind, fault, line);
  }
  const unknown = negotiation.answer(seq, good.replace(/a=rid:h.*\r\n/, ""));
  assert.match(unknown.kind === "refused" ? unknown.reason : unknown.kind, /no a=rid line/);
  const agreed = (text: string) => {
    const read = readAnswer(text, [
      { mid: "1", track: "screen", isSent: true },
      { mid: "2", track: "camera", isSent: true },
    ], { ...layersFor(1_500_000), camera: LAYERS });
    return typeof read === "string" ? read : [...read.layers];
  };
  assert.deepEqual(agreed(good), [["screen", []], ["camera", ["l", "h"]]]);
  const line = (text: string) => good.replace(/a=simulcast:.*(?=\r)/, text);
  assert.deepEqual(agreed(line("a=simulcast:send ~l;h,l"))[1], ["camera", ["l", "h"]]);
  assert.deepEqual(agreed(line("a=simulcast:send h"))[1], ["camera", ["h"]]);
  assert.deepEqual(agreed(line("a=x"))[1], ["camera", []], "a browser that does not know layers");
  assert.match(
    String(agreed(good.replace("a=mid:1\r", "a=mid:1\r\na=rid:l send\r\na=simulcast:send l\r"))),
    /part 1 of the answer cannot be taken/,
    "a screen was offered once",
  );
  const taken = negotiation.answer(seq, good);
  assert.deepEqual(taken.kind === "taken" && taken.answer.layers.get("camera"), ["l", "h"]);
});
