import type { IHasher } from "hash-wasm";
import { encodeBase58Of32 } from "../../../../core/ids/base58.ts";
import type { Clock } from "../../../../core/ports/clock.ts";
import { MEDIA_LIMITS } from "../media_settings.ts";

/** What came is not what it should be, or not in time. */
export class RemoteFileError extends Error {
  override readonly name = "RemoteFileError";
}

export interface RemoteBody {
  readonly body: ReadableStream<Uint8Array>;
  readonly path: string;
  /** More is not read; fewer are fine where `exact` is not given. */
  readonly maxBytes: number;
  /** Bytes that the content names. */
  readonly exact: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Writes another server's file to `path` and hashes what was written. Not one byte more than may
 * come is read, a stream that stands still ends, and so does one that only drips: the whole has
 * a time that grows with its size. Answers the beginning, the size and the hash.
 * @throws RemoteFileError, or the signal's reason
 */
export async function receiveRemote(
  deps: { readonly clock: Clock; readonly hasher: IHasher },
  { body, path, maxBytes, exact, signal }: RemoteBody,
): Promise<{ readonly beginning: Uint8Array; readonly size: number; readonly blake3: string }> {
  const { clock, hasher } = deps;
  const bound = Math.min(maxBytes, exact ?? maxBytes);
  const endMs = clock.monotonic() + MEDIA_LIMITS.remoteBaseMs +
    bound / MEDIA_LIMITS.remoteBytesPerMs;
  const beginning = new Uint8Array(Math.min(bound, MEDIA_LIMITS.sniffBytes));
  const reader = body.getReader();
  const file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await nextChunk(reader, { clock, endMs, signal });
      if (done) break;
      if (size + value.length > bound) throw new RemoteFileError(`more than ${bound} bytes came`);
      if (size < beginning.length) {
        beginning.set(value.subarray(0, beginning.length - size), size);
      }
      size += value.length;
      hasher.update(value);
      for (let rest = value; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    }
  } catch (error) {
    void reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    file.close();
  }
  if (exact !== undefined && size !== exact) {
    throw new RemoteFileError(`${size} bytes came instead of ${exact}`);
  }
  const blake3 = encodeBase58Of32(hasher.digest("binary"));
  return { beginning: beginning.subarray(0, size), size, blake3 };
}

async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  wait: { readonly clock: Clock; readonly endMs: number; readonly signal: AbortSignal },
): Promise<ReadableStreamReadResult<Uint8Array>> {
  wait.signal.throwIfAborted();
  const leftMs = wait.endMs - wait.clock.monotonic();
  if (leftMs <= 0) throw new RemoteFileError("it came too slowly");
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, wait.signal]);
  const late = wait.clock.sleep(Math.min(MEDIA_LIMITS.remoteStallMs, leftMs), signal).then(() => {
    throw new RemoteFileError("it stood still");
  });
  try {
    return await Promise.race([reader.read(), late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}
