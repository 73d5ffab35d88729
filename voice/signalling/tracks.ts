/**
 * What one part of a description carries. A picture is VP8, which a browser puts into packets
 * without looking into what is encrypted end to end. The numbers of payloads differ, so that a
 * packet says by itself which track it is of (RFC 8843, 9.2).
 */
export const TRACKS = {
  voice: { media: "audio", payload: 111 },
  screen: { media: "video", payload: 96 },
  screen_sound: { media: "audio", payload: 112 },
  camera: { media: "video", payload: 97 },
} as const;

export type TrackName = keyof typeof TRACKS;
/** What somebody can send beside the voice. */
export type ShownTrack = Exclude<TrackName, "voice">;

/** Of a coder's clock, ticks in a millisecond. */
export const CLOCK_PER_MS = { audio: 48, video: 90 } as const;
