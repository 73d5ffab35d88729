/**
 * A sealed VP8 frame as browsers put it into packets. They read the first bytes of a frame where it
 * arrives, to tell a whole picture from a change to the one before (RFC 7741, 4.3); in front of what
 * is sealed therefore stands a header of our own, which says that and nothing else: of the picture's
 * own header, and of its size, nothing is in the clear.
 */

/** Of a whole picture: its bit clear, the start code, and a size that is nobody's. RFC 6386 9.1. */
const WHOLE = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0);
/** Of a change. */
const CHANGE = Uint8Array.of(0x11, 0, 0);
const IS_CHANGE = 1;

export function wrapPicture(
  sealed: Uint8Array<ArrayBuffer>,
  isWhole: boolean,
): Uint8Array<ArrayBuffer> {
  const header = isWhole ? WHOLE : CHANGE;
  const out = new Uint8Array(header.length + sealed.length);
  out.set(header);
  out.set(sealed, header.length);
  return out;
}

/** What stands behind the header; undefined where there is none. */
export function unwrapPicture(frame: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const [first] = frame;
  if (first === undefined) return undefined;
  const { length } = (first & IS_CHANGE) === 0 ? WHOLE : CHANGE;
  return frame.length < length ? undefined : frame.subarray(length);
}
