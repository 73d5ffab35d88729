import { crc32, deflateSync } from "node:zlib";

/** Small real pictures, 24 by 16: the left half red, the right blue (the animations: one, then the other). */
const ENCODED = {
  jpeg: [
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4R",
    "DgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU",
    "FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABgDAREAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAA",
    "BgcI/8QAGBABAAMBAAAAAAAAAAAAAAAAAAdFg8L/xAAWAQEBAQAAAAAAAAAAAAAAAAAICQf/xAAYEQEAAwEAAAAA",
    "AAAAAAAAAAAACEWDw//aAAwDAQACEQMRAD8AzowxVMBlWr14OOMlxh2DmQ9VtyADjDpfUOViwGVavXg44yXGHYOZ",
    "D1W3IAOMOn//2Q==",
  ],
  webp: [
    "UklGRmoAAABXRUJQVlA4IF4AAACQBACdASoYABAAPjEUiEKiISEYBAAgAwSgCdMoRgD8APwApQH4AV3/uAAHMUAA",
    "/voCf/7Rev/b3/9sP//2Md/I4xEr+fxukcYiZ//gyzTNUawP4Mx/QOsqHMKEAAAA",
  ],
  gif: [
    "R0lGODlhGAAQAPAAAP8AAAAAACH5BAAAAAAAIf8LTkVUU0NBUEUyLjADAQAAACwAAAAAGAAQAAACEYSPqcvtD6Oc",
    "tNqLs968+68UACH5BAAAAAAALAAAAAAYABAAgAAA/wAAAAIRhI+py+0Po5y02ouz3rz7rxQAOw==",
  ],
  animatedWebp: [
    "UklGRtQAAABXRUJQVlA4WAoAAAACAAAAFwAADwAAQU5JTQYAAAD/////AABBTk1GVAAAAAAAAAAAABcAAA8AAGQA",
    "AAJWUDggPAAAABADAJ0BKhgAEAA+kTiXR6WjIiEwCACwEglAF2XQABA2AAD+7qY//gN18W0y//c4H/c4H/c4H8cz",
    "WYAAAEFOTUZMAAAAAAAAAAAAFwAADwAAZAAAAFZQOCA0AAAAVAIAnQEqGAAQAD6ROJdHgwCAAAEglAF2AFpIAP71",
    "WL//c4H/+zgf/7OB/HX9eqWuTfJsAA==",
  ],
  avif: [
    "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA",
    "AAAAAAAAAAAAAA5waXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAAIgAAACNpaW5mAAAA",
    "AAABAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAAABNjb2xybmNseAACAAIABoAAAAAMYXYx",
    "Q4EADAAAAAAUaXNwZQAAAAAAAAAYAAAAEAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgYIDhAAA",
    "ACptZGF0EgAKBhgQ7+wIQDIWRgACiiihQNpwvLq/dq/Jwn098s5dwA==",
  ],
} as const;

export type Sample = keyof typeof ENCODED;

export function sample(name: Sample): Uint8Array {
  return Uint8Array.from(atob(ENCODED[name].join("")), (char) => char.charCodeAt(0));
}

/** Stands in every metadata block below; a stored file that contains it was not cleaned. */
export const SECRET_CAMERA = "OGSECRETCAM";
/** Of the GPS latitude, in bytes that occur nowhere else. */
export const SECRET_LATITUDE = Uint8Array.of(0xfe, 0xca, 0xad, 0x0b);

export function concat(...parts: (Uint8Array | string)[]): Uint8Array {
  const bytes = parts.map((part) =>
    typeof part === "string" ? Uint8Array.from(part, (char) => char.charCodeAt(0)) : part
  );
  const joined = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function numbers(size: 2 | 4, little: boolean, ...values: number[]): Uint8Array {
  const bytes = new Uint8Array(size * values.length);
  const data = new DataView(bytes.buffer);
  values.forEach((value, i) =>
    size === 2 ? data.setUint16(i * 2, value, little) : data.setUint32(i * 4, value, little)
  );
  return bytes;
}
const le16 = (...values: number[]) => numbers(2, true, ...values);
const le32 = (...values: number[]) => numbers(4, true, ...values);
const be16 = (...values: number[]) => numbers(2, false, ...values);
const be32 = (...values: number[]) => numbers(4, false, ...values);

/** A TIFF block as cameras write it: make, orientation and a GPS latitude. EXIF 2.32. */
export function exifWithGps(orientation = 1): Uint8Array {
  const entry = (tag: number, type: number, count: number, value: Uint8Array) =>
    concat(le16(tag, type), le32(count), value);
  const make = `${SECRET_CAMERA}\0`;
  const makeAt = 8 + 2 + 3 * 12 + 4;
  const gpsAt = makeAt + make.length;
  const latitudeAt = gpsAt + 2 + 2 * 12 + 4;
  return concat(
    "II*\0",
    le32(8),
    le16(3),
    entry(0x010f, 2, make.length, le32(makeAt)),
    entry(0x0112, 3, 1, le32(orientation)),
    entry(0x8825, 4, 1, le32(gpsAt)),
    le32(0),
    make,
    le16(2),
    entry(1, 2, 2, concat("N\0\0\0")),
    entry(2, 5, 3, le32(latitudeAt)),
    le32(0),
    concat(SECRET_LATITUDE, le32(1, 7, 1, 9, 1)),
  );
}

const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET_CAMERA}</x:xmpmeta>`;

/** A photograph with EXIF, GPS, XMP, a comment and a second picture behind its end. */
export function jpegWithGps(orientation = 1): Uint8Array {
  const segment = (marker: number, body: Uint8Array) =>
    concat(Uint8Array.of(0xff, marker), be16(body.length + 2), body);
  const picture = sample("jpeg");
  return concat(
    picture.slice(0, 2),
    segment(0xe1, concat("Exif\0\0", exifWithGps(orientation))),
    segment(0xe1, concat("http://ns.adobe.com/xap/1.0/\0", XMP)),
    segment(0xfe, concat(SECRET_CAMERA)),
    picture.slice(2),
    picture.slice(0, 2),
    segment(0xe1, concat("Exif\0\0", exifWithGps())),
    picture.slice(2),
  );
}

function pngChunk(type: string, body: Uint8Array): Uint8Array {
  const named = concat(type, body);
  return concat(be32(body.length), named, be32(crc32(named)));
}

const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG of any size: red on the left, blue on the right. `pixels` replaces the deflated scanlines. */
export function png(
  width: number,
  height: number,
  options: { readonly extra?: readonly Uint8Array[]; readonly pixels?: Uint8Array } = {},
): Uint8Array {
  const header = concat(be32(width, height), Uint8Array.of(8, 2, 0, 0, 0));
  return concat(
    PNG_SIGNATURE,
    pngChunk("IHDR", header),
    ...(options.extra ?? []),
    pngChunk("IDAT", options.pixels ?? deflateSync(redAndBlue(width, height))),
    pngChunk("IEND", new Uint8Array()),
  );
}

function redAndBlue(width: number, height: number): Uint8Array {
  const line = new Uint8Array(1 + width * 3);
  for (let x = 0; x < width; x++) line[1 + x * 3 + (x < width / 2 ? 0 : 2)] = 254;
  const lines = new Uint8Array(line.length * height);
  for (let y = 0; y < height; y++) lines.set(line, y * line.length);
  return lines;
}

/** A bomb: a large all-black picture in few bytes, one gray bit a pixel. */
export function pngBomb(width: number, height: number): Uint8Array {
  const header = concat(be32(width, height), Uint8Array.of(1, 0, 0, 0, 0));
  const pixels = deflateSync(new Uint8Array((1 + Math.ceil(width / 8)) * height), { level: 9 });
  return concat(
    PNG_SIGNATURE,
    pngChunk("IHDR", header),
    pngChunk("IDAT", pixels),
    pngChunk("IEND", new Uint8Array()),
  );
}

export function pngWithGps(): Uint8Array {
  const extra = [
    pngChunk("eXIf", exifWithGps()),
    pngChunk("tEXt", concat("Author\0", SECRET_CAMERA)),
    pngChunk("iTXt", concat("XML:com.adobe.xmp\0\0\0\0\0", XMP)),
  ];
  return concat(png(24, 16, { extra }), SECRET_CAMERA);
}

/** A WebP with EXIF and XMP, which need the extended header. RFC 9649. */
export function webpWithGps(orientation = 1): Uint8Array {
  const chunk = (type: string, body: Uint8Array) =>
    concat(type, le32(body.length), body, new Uint8Array(body.length & 1));
  const header = concat(
    Uint8Array.of(0x08 | 0x04, 0, 0, 0),
    Uint8Array.of(23, 0, 0),
    Uint8Array.of(15, 0, 0),
  );
  const body = concat(
    "WEBP",
    chunk("VP8X", header),
    sample("webp").slice(12),
    chunk("EXIF", exifWithGps(orientation)),
    chunk("XMP ", concat(XMP)),
  );
  return concat("RIFF", le32(body.length), body);
}

/** A comment and an XMP block before the trailer. GIF89a. */
export function gifWithSecrets(): Uint8Array {
  const picture = sample("gif");
  const text = (label: number, ...blocks: string[]) =>
    concat(
      Uint8Array.of(0x21, label),
      ...blocks.map((block) => concat(Uint8Array.of(block.length), block)),
      Uint8Array.of(0),
    );
  return concat(
    picture.slice(0, -1),
    text(0xfe, SECRET_CAMERA),
    text(0xff, "XMP DataXMP", SECRET_CAMERA),
    Uint8Array.of(0x3b),
    SECRET_CAMERA,
  );
}

function box(type: string, ...body: (Uint8Array | string)[]): Uint8Array {
  const bytes = concat(...body);
  return concat(be32(bytes.length + 8), type, bytes);
}

/** A phone's video as far as its boxes go: no pictures, but a place in `udta` and in `meta`. */
export function mp4WithPlace(): Uint8Array {
  const trackHeader = concat(
    new Uint8Array(4 + 20 + 16),
    be32(0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000),
    be32(640 << 16, 360 << 16),
  );
  const place = box("\xa9xyz", be16(18, 0x15c7), `+48.1371+011.5754/${SECRET_CAMERA}`);
  return concat(
    box("ftyp", "isom", be32(512), "isomiso2mp41"),
    box(
      "moov",
      box("mvhd", new Uint8Array(100)),
      box("trak", box("tkhd", trackHeader), box("udta", place)),
      box("udta", place),
      box("meta", be32(0), SECRET_CAMERA),
    ),
    box("mdat", new Uint8Array(64).fill(7)),
  );
}

/** The AVIF sample with an EXIF item at its end, as phones write it. ISO/IEC 23008-12. */
export function avifWithGps(): Uint8Array {
  const picture = sample("avif");
  const find = (type: string) => {
    const at = Array.from(picture.keys()).find((i) =>
      String.fromCharCode(...picture.subarray(i, i + 4)) === type
    );
    if (at === undefined) throw new Error(`the AVIF sample has no ${type}`);
    return at - 4;
  };
  const data = new DataView(picture.buffer);
  const [meta, iloc, iinf] = [find("meta"), find("iloc"), find("iinf")];
  const ilocEnd = iloc + data.getUint32(iloc);
  const iinfEnd = iinf + data.getUint32(iinf);
  const entry = box("infe", Uint8Array.of(2, 0, 0, 0), be16(2, 0), "Exif\0");
  const exif = concat(be32(0), exifWithGps());
  const location = 18; // id, reference, base, one extent: the sizes that the sample uses
  const grown = location + entry.length;
  data.setUint32(meta, data.getUint32(meta) + grown);
  data.setUint32(iloc, data.getUint32(iloc) + location);
  data.setUint16(iloc + 14, 2);
  data.setUint32(iloc + 20, data.getUint32(iloc + 20) + grown);
  data.setUint32(iinf, data.getUint32(iinf) + entry.length);
  data.setUint16(iinf + 12, 2);
  const exifAt = picture.length + grown + 8;
  return concat(
    picture.slice(0, ilocEnd),
    be16(2, 0),
    be32(0),
    be16(1),
    be32(exifAt, exif.length),
    picture.slice(ilocEnd, iinfEnd),
    entry,
    picture.slice(iinfEnd),
    box("mdat", exif),
  );
}

/** Where `needle` is in `bytes`, or -1. */
export function indexOf(bytes: Uint8Array, needle: Uint8Array | string): number {
  const wanted = concat(needle);
  outer: for (let i = 0; i + wanted.length <= bytes.length; i++) {
    for (let j = 0; j < wanted.length; j++) if (bytes[i + j] !== wanted[j]) continue outer;
    return i;
  }
  return -1;
}
