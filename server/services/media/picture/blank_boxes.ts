import { view } from "./stripped.ts";

const HEADER_BYTES = 16;
const MAX_BOXES = 20_000;
/** The item tables of a still picture; real ones have a few kilobytes. */
const MAX_META_BYTES = 4 * 1024 * 1024;
const BLANK_CHUNK_BYTES = 64 * 1024;
/** Items of a picture file that describe instead of draw. */
const METADATA_ITEMS = new Set(["Exif", "mime", "uri ", "xml "]);
/**
 * Boxes that hold nothing but description: cameras write place and owner here. `jbrd` gives back
 * the JPEG that a JPEG XL was made of, with all that this said; no pixel needs it.
 */
const METADATA_BOXES = new Set(["udta", "uuid", "Exif", "xml ", "jumb", "brob", "jbrd", "meta"]);
const CONTAINERS = new Set(["moov", "trak"]);

export interface BlankedFile {
  /** Of the largest picture or video track; null where it says none. */
  readonly width: number | null;
  readonly height: number | null;
  /** The boxes filled the file exactly; otherwise what came before the fault was blanked. */
  readonly whole: boolean;
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

/**
 * Overwrites the metadata of an ISO base media file (AVIF, HEIC, MP4, MOV, M4A, JPEG XL)
 * where it stands: boxes become `free`, items of a picture become zeros, so no offset changes.
 * What follows the last box and is none is cut off. Timed metadata tracks are left. ISO/IEC 14496-12; 23008-12 for pictures.
 */
export async function blankBoxes(file: Deno.FsFile): Promise<BlankedFile> {
  const walker = new Walker(file);
  const { size } = await file.stat();
  let whole = await walker.level(0, size);
  if (!whole && walker.tailStart > 0) {
    await file.truncate(walker.tailStart);
    whole = true;
  }
  return { width: walker.width, height: walker.height, whole };
}

class Walker {
  readonly #file: Deno.FsFile;
  #boxes = 0;
  width: number | null = null;
  height: number | null = null;
  /** Where something begins behind sound boxes that is no box; 0 where nothing does. */
  tailStart = 0;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async level(start: number, end: number): Promise<boolean> {
    let at = start;
    while (at < end) {
      const box = await this.#box(at, end);
      if (box === undefined && start === 0) this.tailStart = await this.#isCutShort(at) ? 0 : at;
      if (box === undefined || ++this.#boxes > MAX_BOXES) return false;
      if (CONTAINERS.has(box.type)) {
        if (!await this.level(box.bodyStart, box.end)) return false;
      } else if (box.type === "tkhd") {
        await this.#trackSize(box);
      } else if (box.type === "meta" && start === 0) {
        await this.#topMeta(box);
      } else if (METADATA_BOXES.has(box.type)) {
        await this.#blank(box);
      }
      at = box.end;
    }
    return true;
  }

  async #box(at: number, end: number): Promise<Box | undefined> {
    const header = await this.#read(at, Math.min(HEADER_BYTES, end - at));
    if (header.length < 8) return undefined;
    const box = readBox(header, 0, at);
    if (box === undefined) return undefined;
    const boxEnd = box.end === at ? end : box.end; // size 0: to the end of the file
    return boxEnd > end || boxEnd < box.bodyStart ? undefined : { ...box, end: boxEnd };
  }

  /** A download that broke off ends in media data: that is kept. */
  async #isCutShort(at: number): Promise<boolean> {
    return text(await this.#read(at, 8), 4) === "mdat";
  }

  /** A still picture keeps its item tables and loses the items that describe. */
  async #topMeta(box: Box): Promise<void> {
    const length = box.end - box.bodyStart;
    const meta = length > MAX_META_BYTES ? undefined : await this.#read(box.bodyStart, length);
    const items = meta === undefined ? undefined : readPictureItems(meta);
    if (items === undefined) return await this.#blank(box);
    this.#grow(items.width, items.height);
    for (const extent of items.metadata) {
      const start = extent.inMeta ? box.bodyStart + extent.start : extent.start;
      await this.#zero(start, start + extent.length);
    }
  }

  /** Width and height are 16.16 numbers at the end; a quarter turn swaps them. */
  async #trackSize(box: Box): Promise<void> {
    if (box.end - box.bodyStart < 84) return;
    const tail = view(await this.#read(box.end - 44, 44));
    const turned = tail.getInt32(4) !== 0;
    const width = tail.getUint32(36) >>> 16;
    const height = tail.getUint32(40) >>> 16;
    if (width > 0 && height > 0) this.#grow(turned ? height : width, turned ? width : height);
  }

  #grow(width: number | null, height: number | null): void {
    if (width === null || height === null) return;
    if (this.width !== null && this.height !== null && this.width * this.height >= width * height) {
      return;
    }
    this.width = width;
    this.height = height;
  }

  async #blank(box: Box): Promise<void> {
    await this.#write(box.start + 4, new TextEncoder().encode("free"));
    await this.#zero(box.bodyStart, box.end);
  }

  async #zero(start: number, end: number): Promise<void> {
    const { size } = await this.#file.stat();
    const zeros = new Uint8Array(BLANK_CHUNK_BYTES);
    for (let at = start; at < Math.min(end, size);) {
      const length = Math.min(zeros.length, Math.min(end, size) - at);
      await this.#write(at, zeros.subarray(0, length));
      at += length;
    }
  }

  async #read(at: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.#file.seek(at, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < length) {
      const count = await this.#file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  async #write(at: number, bytes: Uint8Array): Promise<void> {
    await this.#file.seek(at, Deno.SeekMode.Start);
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#file.write(rest));
  }
}

/** A box header at `at` of `bytes`, which begin at `origin` of the file. `end === start`: open end. */
function readBox(bytes: Uint8Array, at: number, origin: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const data = view(bytes);
  const short = data.getUint32(at);
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const start = origin + at;
  if (short === 1) {
    if (at + 16 > bytes.length) return undefined;
    const long = Number(data.getBigUint64(at + 8));
    return { type, start, bodyStart: start + 16, end: start + long };
  }
  if (short !== 0 && short < 8) return undefined;
  return { type, start, bodyStart: start + 8, end: start + short };
}

interface PictureItems {
  readonly width: number | null;
  readonly height: number | null;
  /** Extents of items that describe; `inMeta`: counted from the meta box's body. */
  readonly metadata: { start: number; length: number; inMeta: boolean }[];
}

/** The body of a picture file's `meta` box; undefined when it is none or makes no sense. */
function readPictureItems(meta: Uint8Array): PictureItems | undefined {
  const boxes = childBoxes(meta, 4); // FullBox
  const handler = boxes.get("hdlr");
  if (handler === undefined || text(meta, handler.bodyStart + 8) !== "pict") return undefined;
  const info = boxes.get("iinf");
  const location = boxes.get("iloc");
  const idat = boxes.get("idat");
  try {
    const ids = info === undefined ? new Set<number>() : metadataItemIds(meta, info);
    const metadata = location === undefined
      ? []
      : itemExtents(meta.subarray(location.bodyStart, location.end), ids).map((extent) => ({
        start: extent.inIdat ? (idat?.bodyStart ?? 0) + extent.start : extent.start,
        length: extent.length,
        inMeta: extent.inIdat,
      }));
    return { ...pictureSize(meta, boxes.get("iprp")), metadata };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a table that points outside itself
    throw error;
  }
}

function childBoxes(bytes: Uint8Array, start: number): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (let at = start; at < bytes.length;) {
    const box = readBox(bytes, at, 0);
    if (box === undefined || box.end <= at || box.end > bytes.length) break;
    if (!boxes.has(box.type)) boxes.set(box.type, box);
    at = box.end;
  }
  return boxes;
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** ISO/IEC 14496-12, 8.11.6: versions 2 and 3 of `infe` carry a type. */
function metadataItemIds(meta: Uint8Array, info: Box): Set<number> {
  const ids = new Set<number>();
  const data = view(meta);
  const countBytes = meta[info.bodyStart] === 0 ? 2 : 4;
  let at = info.bodyStart + 4 + countBytes;
  while (at < info.end) {
    const entry = readBox(meta, at, 0);
    if (entry === undefined || entry.end <= at) break;
    const version = meta[entry.bodyStart] ?? 0;
    const idBytes = version >= 3 ? 4 : 2;
    const idAt = entry.bodyStart + 4;
    const id = idBytes === 4 ? data.getUint32(idAt) : data.getUint16(idAt);
    if (version >= 2 && METADATA_ITEMS.has(text(meta, idAt + idBytes + 2))) ids.add(id);
    at = entry.end;
  }
  return ids;
}

/** ISO/IEC 14496-12, 8.11.3. Throws RangeError when the table ends early. */
function itemExtents(
  box: Uint8Array,
  wanted: ReadonlySet<number>,
): { start: number; length: number; inIdat: boolean }[] {
  const data = view(box);
  const version = data.getUint8(0);
  const sizes = data.getUint16(4);
  const [offsetBytes, lengthBytes] = [sizes >> 12, (sizes >> 8) & 15];
  const [baseBytes, indexBytes] = [(sizes >> 4) & 15, version === 0 ? 0 : sizes & 15];
  let at = 6;
  const take = (bytes: number): number => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + data.getUint8(at + i);
    at += bytes;
    return value;
  };
  const found: { start: number; length: number; inIdat: boolean }[] = [];
  const count = take(version < 2 ? 2 : 4);
  for (let i = 0; i < count; i++) {
    const id = take(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : take(2) & 15;
    take(2);
    const base = take(baseBytes);
    const extents = take(2);
    for (let j = 0; j < extents; j++) {
      take(indexBytes);
      const start = base + take(offsetBytes);
      const length = take(lengthBytes);
      if (wanted.has(id)) found.push({ start, length, inIdat: method === 1 });
    }
  }
  return found;
}

/** The largest `ispe` property; a thumbnail inside the file has a smaller one. */
function pictureSize(
  meta: Uint8Array,
  properties: Box | undefined,
): { width: number | null; height: number | null } {
  let size: { width: number | null; height: number | null } = { width: null, height: null };
  if (properties === undefined) return size;
  const container = readBox(meta, properties.bodyStart, 0);
  if (container?.type !== "ipco") return size;
  const data = view(meta);
  for (let at = container.bodyStart; at < container.end;) {
    const box = readBox(meta, at, 0);
    if (box === undefined || box.end <= at) break;
    if (box.type === "ispe") {
      const width = data.getUint32(box.bodyStart + 4);
      const height = data.getUint32(box.bodyStart + 8);
      if (width * height > (size.width ?? 0) * (size.height ?? 0)) size = { width, height };
    }
    at = box.end;
  }
  return size;
}
