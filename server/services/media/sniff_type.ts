import { BOX_TYPES, type BoxType, DRAWN_TYPES, type DrawnType } from "./picture/protocol.ts";

export const UNKNOWN_TYPE = "application/octet-stream";
const TEXT_TYPE = "text/plain";
/** Anything else that is made of boxes is handled like this. */
const OTHER_BOXES: BoxType = "video/mp4";

export interface SniffedType {
  /** The MIME type that the bytes show; a claimed one never counts. */
  readonly type: string;
  /** How its metadata is removed; null: it is kept as it came. */
  readonly work: DrawnType | BoxType | null;
}

/** Tells a file's type from its beginning. */
export async function sniffType(beginning: Uint8Array): Promise<SniffedType> {
  const found = await detect(beginning);
  const type = found === "image/apng" ? "image/png" : found;
  if (isOneOf(DRAWN_TYPES, type) || isOneOf(BOX_TYPES, type)) return { type, work: type };
  if (hasBoxes(beginning)) return { type, work: OTHER_BOXES };
  if (type === UNKNOWN_TYPE && looksLikeText(beginning)) return { type: TEXT_TYPE, work: null };
  return { type, work: null };
}

async function detect(beginning: Uint8Array): Promise<string> {
  // Loaded with the first upload: most of a server's life needs none of it.
  const { fileTypeFromBuffer } = await import("file-type");
  try {
    const mime = (await fileTypeFromBuffer(beginning))?.mime;
    return mime?.split(";")[0] ?? UNKNOWN_TYPE; // without codecs
  } catch {
    return UNKNOWN_TYPE; // a damaged container is a file like any other
  }
}

function hasBoxes(beginning: Uint8Array): boolean {
  return String.fromCharCode(...beginning.subarray(4, 8)) === "ftyp";
}

function isOneOf<const T extends string>(types: readonly T[], type: string): type is T {
  return types.some((each) => each === type);
}

/** UTF-8 without control characters; a character cut at the end does not matter. */
function looksLikeText(beginning: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(beginning, { stream: true });
    // deno-lint-ignore no-control-regex -- control characters are what it looks for
    return text.length > 0 && !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
  } catch {
    return false;
  }
}
