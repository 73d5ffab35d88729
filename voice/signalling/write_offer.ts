import { isIPv6 } from "node:net";
import { AUDIO_LEVEL_ID, MICROPHONE_MID, OPUS_PAYLOAD, type Parts } from "./parts.ts";

export interface OfferFacts {
  readonly seq: number;
  readonly parts: ReturnType<Parts["list"]>;
  readonly bitrate: number;
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
 * microphone, each further one brings a voice or is empty. All go over one transport.
 */
export function writeOffer(facts: OfferFacts): string {
  const mids = [MICROPHONE_MID, ...facts.parts.map(({ mid }) => mid)];
  return [
    "v=0",
    `o=- ${SESSION} ${facts.seq} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    "a=ice-lite",
    "a=msid-semantic:WMS *",
    ...writePart(facts, MICROPHONE_MID, ["a=recvonly", `b=TIAS:${facts.bitrate}`]),
    ...facts.candidates.map(writeCandidate),
    "a=end-of-candidates",
    ...facts.parts.flatMap(({ mid, voice }) =>
      writePart(
        facts,
        mid,
        voice === undefined ? ["a=inactive"] : [
          "a=sendonly",
          `a=msid:voice${mid} voice${mid}`,
          `a=ssrc:${voice.stream} cname:voice${mid}`,
        ],
      )
    ),
    "",
  ].join("\r\n");
}

function writePart(facts: OfferFacts, mid: string, lines: readonly string[]): string[] {
  // Bandwidth stands right behind the connection (RFC 8866, 5).
  const bandwidth = lines.filter((line) => line.startsWith("b="));
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${OPUS_PAYLOAD}`,
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
    `a=rtpmap:${OPUS_PAYLOAD} opus/48000/2`,
    `a=fmtp:${OPUS_PAYLOAD} minptime=10;useinbandfec=1;maxaveragebitrate=${facts.bitrate}`,
    `a=extmap:${AUDIO_LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level`,
  ];
}

function writeCandidate({ address, port, transport }: Candidate, at: number): string {
  const local = (isIPv6(address) ? 65_535 : 65_000) - at;
  const priority = TYPE_PREFERENCE[transport] * 2 ** 24 + local * 2 ** 8 + 255;
  const kind = transport === "tcp" ? " tcptype passive" : "";
  return `a=candidate:${at + 1} 1 ${transport} ${priority} ${address} ${port} typ host${kind}`;
}
