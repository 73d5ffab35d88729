import type { BlobStore, ByteRange } from "../../../../core/ports/blob_store.ts";
import { OperationError } from "../../../../core/errors.ts";
import { contentDisposition } from "../../../services/media/content_disposition.ts";
import type { MediaMeter } from "../../../services/media/media_meter.ts";

export interface Served {
  readonly key: string;
  readonly size: number;
  /** Sent only where `inline`; everything else goes out as bytes without a meaning. */
  readonly type: string;
  readonly inline: boolean;
  readonly name: string;
  /** Changes exactly when the bytes do; letters, digits, `-`. */
  readonly tag: string;
}

/** Visibility can end: a copy must not be shown for longer without asking again. */
const CACHE_CONTROL = "private, max-age=3600";

/**
 * Nothing uploaded can run in the server's origin: whatever the bytes are, a browser that opens
 * them gets a document without rights, of a type it may not guess. Also sent with 304 and 206.
 */
const GUARDS: Readonly<Record<string, string>> = {
  "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "cache-control": CACHE_CONTROL,
  "vary": "authorization, cookie",
  "accept-ranges": "bytes",
};

/**
 * Answers with the bytes of a blob: whole, one range, or only headers, for GET and HEAD. RFC 9110
 * sections 13 and 14. Throws `range`, or `not_found` where the blob is gone.
 */
export async function serveBlob(
  deps: { readonly blobs: BlobStore; readonly meter: MediaMeter },
  served: Served,
  request: Request,
): Promise<Response> {
  const etag = `"${served.tag}"`;
  const headers: Record<string, string> = {
    ...GUARDS,
    etag,
    "content-type": served.inline ? served.type : "application/octet-stream",
    "content-disposition": contentDisposition(
      served.inline ? "inline" : "attachment",
      served.name,
    ),
  };
  if (matches(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const range = wantedRange(request.headers, { size: served.size, etag });
  if (range === "unsatisfiable") {
    throw new OperationError(
      "range",
      `The range ${JSON.stringify(request.headers.get("range"))} is outside the file's ` +
        `${served.size} bytes.`,
      { details: { size: served.size } },
    );
  }
  const length = range === undefined ? served.size : range.end - range.start + 1;
  headers["content-length"] = String(length);
  if (range !== undefined) {
    headers["content-range"] = `bytes ${range.start}-${range.end}/${served.size}`;
  }
  const status = range === undefined ? 200 : 206;
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const bytes = await deps.blobs.get(served.key, range);
  if (bytes === undefined) {
    throw new OperationError("not_found", `The file ${JSON.stringify(served.name)} is gone.`);
  }
  return new Response(counted(bytes, deps.meter) as BodyInit, { status, headers });
}

function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((part) => {
    const tag = part.trim();
    return tag === "*" || tag === etag || tag === `W/${etag}`;
  });
}

/**
 * The one range asked for, cut at the end. Undefined where the whole is to be sent: no range,
 * several, one that is no range, or one that holds only for another version.
 */
export function wantedRange(
  headers: Headers,
  file: { readonly size: number; readonly etag: string },
): ByteRange | "unsatisfiable" | undefined {
  const header = headers.get("range");
  if (header === null) return undefined;
  const condition = headers.get("if-range");
  if (condition !== null && condition !== file.etag) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.replaceAll(" ", ""));
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), file.size);
    return length === 0 ? "unsatisfiable" : { start: file.size - length, end: file.size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= file.size) return "unsatisfiable";
  return { start, end: last === "" ? file.size - 1 : Math.min(Number(last), file.size - 1) };
}

function counted(
  bytes: ReadableStream<Uint8Array>,
  meter: MediaMeter,
): ReadableStream<Uint8Array> {
  return bytes.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        meter.add("downloaded_bytes", chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}
