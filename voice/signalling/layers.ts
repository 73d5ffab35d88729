import { limits } from "../../core/limits.ts";
import type { ShownTrack } from "./tracks.ts";

/** Number of the header extension that says which layer a packet is of (RFC 8852). */
export const RID_ID = 2;

/**
 * One of the encodings in which a browser sends the same picture at once (simulcast, RFC 8853), each
 * a stream of its own. What it is sent under is the rid of RFC 8851.
 */
export interface Layer {
  /** Of a browser that sends the picture once and names nothing: undefined. */
  readonly rid: string | undefined;
  /** At most, bits a second. */
  readonly bitrate: number;
  /** What both sides of the picture are divided by at most. */
  readonly scale: number;
}

/**
 * The layers of a picture that browsers are asked for, the smallest first: those further behind are
 * left out by browsers whose picture is too small for so many. Where there is only one, none is
 * asked for and a picture is sent once.
 */
export type Layers = Readonly<Record<ShownTrack, readonly Layer[]>>;

/** `videoBitrate`: of the best layer of a picture, bits a second. */
export function layersFor(videoBitrate: number): Layers {
  const whole = (bitrate: number): Layer => ({ rid: undefined, bitrate, scale: 1 });
  return {
    screen: [whole(videoBitrate)],
    screen_sound: [whole(limits.voice.shownSoundBitrate)],
    camera: [whole(videoBitrate)],
  };
}

/** What all layers of a track take together, bits a second. */
export function bitrateOf(layers: readonly Pick<Layer, "bitrate">[]): number {
  return layers.reduce((sum, { bitrate }) => sum + bitrate, 0);
}

export type NamedLayer = Layer & { readonly rid: string };

/** Those that have a name; none where a picture is sent once. */
export function namedLayers(layers: readonly Layer[]): NamedLayer[] {
  return layers.flatMap(({ rid, ...bounds }) => rid === undefined ? [] : [{ rid, ...bounds }]);
}

const ridsOf = (layers: readonly Layer[]) => namedLayers(layers).map(({ rid }) => rid);

/** The lines of a part by which a browser is asked for these layers (RFC 8853, 5.1). */
export function writeLayers(layers: readonly Layer[]): string[] {
  const rids = ridsOf(layers);
  if (rids.length === 0) return [];
  return [
    `a=extmap:${RID_ID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`,
    ...rids.map((rid) => `a=rid:${rid} recv`),
    `a=simulcast:recv ${rids.join(";")}`,
  ];
}

/**
 * The layers that an answer's part agrees to send, of those that were offered; none where the
 * browser sends the picture once. A sentence where it names others.
 */
export function readLayers(
  lines: readonly string[],
  offered: readonly Layer[],
): readonly string[] | string {
  const line = lines.find((each) => each.startsWith("a=simulcast:"));
  const list = line === undefined ? undefined : /^a=simulcast:send (\S+)\s*$/.exec(line)?.[1];
  if (line === undefined) return [];
  if (list === undefined || list.length > limits.voice.maxSimulcastChars) {
    return "it names no list of layers to send in a=simulcast";
  }
  const known = ridsOf(offered);
  // A "~" says that a layer begins paused; of alternatives the first counts (RFC 8853, 5.1).
  const rids = list.split(";").map((each) => (each.split(",")[0] ?? "").replace(/^~/, ""));
  const alien = rids.find((rid, at) => !known.includes(rid) || rids.indexOf(rid) !== at);
  if (alien !== undefined) return `it sends a layer "${alien}" that was not offered, or twice`;
  const undescribed = rids.find((rid) => !lines.some((each) => isRidLine(each, rid)));
  return undescribed === undefined ? rids : `it has no a=rid line for the layer "${undescribed}"`;
}

const isRidLine = (line: string, rid: string) =>
  line === `a=rid:${rid} send` || line.startsWith(`a=rid:${rid} send `);
