import { limits } from "../../core/limits.ts";
import { type Layers, readLayers } from "./layers.ts";
import { MICROPHONE_MID, type Part } from "./parts.ts";
import { type ShownTrack, TRACKS } from "./tracks.ts";

/** What we need of a browser's answer. */
export interface Answer {
  /** SHA-256 of the browser's certificate: `AB:CD:...`. */
  readonly fingerprint: string;
  /** The parts by which the browser takes something. */
  readonly received: ReadonlySet<string>;
  /** The browser may send its microphone. */
  readonly sends: boolean;
  /** Of what it may show, the layers that it sends by name; none where it sends a picture once. */
  readonly layers: ReadonlyMap<ShownTrack, readonly string[]>;
}

interface Section {
  readonly media: string;
  readonly lines: string[];
}

/**
 * Reads an answer to an offer of the microphone's part and of these behind it. A sentence where it
 * is no answer to that.
 */
export function readAnswer(
  sdp: string,
  parts: readonly Pick<Part, "mid" | "track" | "isSent">[],
  layers: Layers,
): Answer | string {
  const offered = [{ mid: MICROPHONE_MID, track: "voice" as const, isSent: false }, ...parts];
  const mids = offered.map(({ mid }) => mid);
  if (sdp.length > limits.voice.maxSdpBytes) {
    return `the answer has ${sdp.length} characters; ${limits.voice.maxSdpBytes} is the bound`;
  }
  const lines = sdp.split(/\r?\n/, limits.voice.maxSdpLines);
  if (lines[0] !== "v=0") return "the answer does not begin with v=0";
  const { session, sections } = divide(lines);
  if (sections.length !== mids.length) {
    return `the answer has ${sections.length} parts, the offer ${mids.length}`;
  }
  for (const [at, section] of sections.entries()) {
    const mid = valueOf(section.lines, "mid");
    if (mid !== mids[at]) {
      return `part ${at} of the answer is ${mid}, that of the offer ${mids[at]}`;
    }
  }
  const fault = findFault(
    session,
    sections,
    offered.map(({ track }) => TRACKS[track].payload),
  );
  if (fault !== undefined) return fault;
  const fingerprint = readFingerprint(session, sections);
  if (!/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(fingerprint ?? "")) {
    return "the answer names no SHA-256 fingerprint, or several";
  }
  const sent = findLayers(sections, offered, layers);
  if (typeof sent === "string") return sent;
  const going = (section: Section | undefined, ways: readonly string[]) =>
    section !== undefined && !isRejected(section) && ways.includes(directionOf(section.lines));
  return {
    fingerprint: fingerprint ?? "",
    received: new Set(
      mids.filter((mid, at) =>
        mid !== MICROPHONE_MID && going(sections[at], ["recvonly", "sendrecv"])
      ),
    ),
    sends: going(sections[0], ["sendonly", "sendrecv"]),
    layers: sent,
  };
}

function divide(lines: readonly string[]): { session: string[]; sections: Section[] } {
  const session: string[] = [];
  const sections: Section[] = [];
  for (const line of lines) {
    if (line.startsWith("m=")) sections.push({ media: line.slice(2), lines: [] });
    else (sections.at(-1)?.lines ?? session).push(line);
  }
  return { session, sections };
}

function findFault(
  session: readonly string[],
  sections: readonly Section[],
  payloads: readonly number[],
): string | undefined {
  const [first] = sections;
  if (first === undefined || isRejected(first)) return "the answer refuses the first part";
  const setup = valueOf(first.lines, "setup") ?? valueOf(session, "setup");
  if (setup !== "active") return `the answer says setup:${setup}; the browser must be active`;
  for (const [at, section] of sections.entries()) {
    if (isRejected(section)) continue;
    const formats = section.media.split(" ").slice(3);
    if (!formats.includes(String(payloads[at]))) {
      return `part ${at} of the answer has no format ${payloads[at]}, which was offered`;
    }
  }
  return undefined;
}

function findLayers(
  sections: readonly Section[],
  offered: readonly Pick<Part, "track" | "isSent">[],
  layers: Layers,
): Map<ShownTrack, readonly string[]> | string {
  const found = new Map<ShownTrack, readonly string[]>();
  for (const [at, { track, isSent }] of offered.entries()) {
    const section = sections[at];
    if (!isSent || track === "voice" || section === undefined || isRejected(section)) continue;
    const rids = readLayers(section.lines, layers[track]);
    if (typeof rids === "string") return `part ${at} of the answer cannot be taken: ${rids}`;
    found.set(track, rids);
  }
  return found;
}

/** The one that every part names; undefined where they differ or there is none. */
function readFingerprint(
  session: readonly string[],
  sections: readonly Section[],
): string | undefined {
  const found = new Set(
    [session, ...sections.map((section) => section.lines)]
      .flat()
      .map((line) => /^a=fingerprint:sha-256 (.+)$/i.exec(line)?.[1]?.trim().toUpperCase())
      .filter((print) => print !== undefined),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

const isRejected = ({ media }: Section) => media.split(" ")[1] === "0";

function valueOf(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3).trim();
}

function directionOf(lines: readonly string[]): string {
  return lines.map((line) => line.slice(2))
    .find((value) => ["sendrecv", "sendonly", "recvonly", "inactive"].includes(value)) ??
    "sendrecv";
}
