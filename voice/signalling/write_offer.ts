import { isIPv6 } from "node:net";
import { limits } from "../../core/limits.ts";
import { bitrateOf, type Layers, writeLayers } from "./layers.ts";
import { AUDIO_LEVEL_ID, MICROPHONE_MID, type OfferedStream, type Part } from "./parts.ts";
import { type TrackName, TRACKS } from "./tracks.ts";

export interface OfferFacts {
  readonly seq: number;
  readonly parts: readonly Part[];
  readonly bitrate: number;
  /** What of a picture, or its sound, comes in which layers. */
  readonly layers: Layers;
  readonly ufrag: string;
  readonly password: string;
  /** SHA-256 of our certificate. */
  readonly fingerprint: string;
  readonly candidates: readonly Candidate[];
}

/** An address of ours that a browser may send to. */
export interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly transport: "udp" | "tcp";
}

/** Host candidates (RFC 8445, 5.1.2.1): UDP before TCP, IPv6 before IPv4. */
const TYPE_PREFERENCE = { udp: 126, tcp: 90 } as const;
/** The version stands for the order of offers, so the session's own number may be the same. */
const SESSION = 1;

/**
 * The session description that we offer (RFC 8866, RFC 8829): part 0 takes the browser's
 * microphone, each further one brings a voice or something shown, takes what the browser shows, is
 * empty, or over. All go over one transport.
 */
export function writeOffer(facts: OfferFacts): string {
  const open = facts.parts.filter(({ isClosed }) => !isClosed);
  const mids = [MICROPHONE_MID, ...open.map(({ mid }) => mid)];
  return [
    "v=0",
    `o=- ${SESSION} ${facts.seq} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    "a=ice-lite",
    "a=msid-semantic:WMS *",
    ...writePart(facts, { mid: MICROPHONE_MID, track: "voice" }, [
      "a=recvonly",
      `b=TIAS:${facts.bitrate}`,
    ]),
    ...facts.candidates.map(writeCandidate),
    "a=end-of-candidates",
    ...facts.parts.flatMap((part) =>
      part.isClosed ? writeClosed(part) : writePart(facts, part, directionOf(facts, part))
    ),
    "",
  ].join("\r\n");
}

function directionOf(facts: OfferFacts, { mid, track, isSent, holds }: Part): string[] {
  if (isSent) {
    const layers = track === "voice" ? [] : writeLayers(facts.layers[track]);
    return ["a=recvonly", `b=TIAS:${rateOf(facts, track)}`, ...layers];
  }
  if (holds === undefined) return ["a=inactive"];
  const stream = streamName(facts.parts, { mid, track, holds });
  return [
    "a=sendonly",
    `a=msid:${stream} ${track}${mid}`,
    `a=ssrc:${holds.stream} cname:${stream}`,
  ];
}

/** What a browser plays in step with which: parts of one stream (RFC 8830). */
const IN_STEP_WITH = {
  voice: "voice",
  camera: "voice",
  screen: "screen",
  screen_sound: "screen",
} as const;

function streamName(
  parts: readonly Part[],
  { mid, track, holds }: Pick<Part, "mid" | "track"> & { readonly holds: OfferedStream },
): string {
  const first = IN_STEP_WITH[track];
  const part = parts.find((each) =>
    each.track === first && each.holds?.participant === holds.participant
  );
  return `${first}${part?.mid ?? mid}`;
}

function rateOf(facts: OfferFacts, track: TrackName): number {
  return track === "voice" ? facts.bitrate : bitrateOf(facts.layers[track]);
}

/** Port 0 says that it is over (RFC 8829, 5.2.2). */
function writeClosed({ mid, track }: Part): string[] {
  const { media, payload } = TRACKS[track];
  return [
    `m=${media} 0 UDP/TLS/RTP/SAVPF ${payload}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${mid}`,
    "a=inactive",
    ...(media === "video"
      ? [`a=rtpmap:${payload} VP8/90000`]
      : [`a=rtpmap:${payload} opus/48000/2`]),
  ];
}

function writePart(
  facts: OfferFacts,
  { mid, track }: Pick<Part, "mid" | "track">,
  lines: readonly string[],
): string[] {
  const { media, payload } = TRACKS[track];
  // Bandwidth stands right behind the connection (RFC 8866, 5).
  const bandwidth = lines.filter((line) => line.startsWith("b="));
  return [
    `m=${media} 9 UDP/TLS/RTP/SAVPF ${payload}`,
    "c=IN IP4 0.0.0.0",
    ...bandwidth,
    `a=mid:${mid}`,
    ...lines.filter((line) => !bandwidth.includes(line)),
    "a=rtcp-mux",
    "a=rtcp-rsize",
    `a=ice-ufrag:${facts.ufrag}`,
    `a=ice-pwd:${facts.password}`,
    `a=fingerprint:sha-256 ${facts.fingerprint}`,
    "a=setup:actpass",
    ...(media === "video" ? writeVp8(rateOf(facts, track), payload) : writeOpus(facts, track)),
  ];
}

function writeOpus(facts: OfferFacts, track: TrackName): string[] {
  const { payload } = TRACKS[track];
  const rate = `maxaveragebitrate=${rateOf(facts, track)}`;
  const settings = track === "voice"
    ? `minptime=10;useinbandfec=1;${rate}`
    : `minptime=10;stereo=1;sprop-stereo=1;${rate}`;
  return [
    `a=rtpmap:${payload} opus/48000/2`,
    `a=fmtp:${payload} ${settings}`,
    ...(track === "voice"
      ? [`a=extmap:${AUDIO_LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level`]
      : []),
  ];
}

/**
 * Lost packets are asked for once more in the stream itself (RFC 4585), whole pictures with PLI and
 * FIR (RFC 5104). Chromium begins at the rate that is named: else it takes half a minute to get there.
 */
function writeVp8(bitrate: number, payload: number): string[] {
  const kilobits = Math.floor(bitrate / 1000);
  const start = Math.min(kilobits, limits.voice.videoStartKilobits);
  return [
    `a=rtpmap:${payload} VP8/90000`,
    `a=fmtp:${payload} x-google-start-bitrate=${start};x-google-max-bitrate=${kilobits}`,
    ...["nack", "nack pli", "ccm fir", "goog-remb"].map((kind) => `a=rtcp-fb:${payload} ${kind}`),
  ];
}

function writeCandidate({ address, port, transport }: Candidate, at: number): string {
  const local = (isIPv6(address) ? 65_535 : 65_000) - at;
  const priority = TYPE_PREFERENCE[transport] * 2 ** 24 + local * 2 ** 8 + 255;
  const kind = transport === "tcp" ? " tcptype passive" : "";
  return `a=candidate:${at + 1} 1 ${transport} ${priority} ${address} ${port} typ host${kind}`;
}
