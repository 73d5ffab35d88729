import { OperationError } from "../../../core/errors.ts";
import { MEDIA_LIMITS } from "./media_settings.ts";

/**
 * Writes a request's body to `path`: exactly `size` bytes, or nothing that counts. Stops at the
 * first byte too many, so a false `content-length` gains nothing. Answers the beginning of it.
 */
export async function receiveBody(
  body: ReadableStream<Uint8Array>,
  options: { readonly path: string; readonly size: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { path, size, signal } = options;
  const beginning = new Uint8Array(Math.min(size, MEDIA_LIMITS.sniffBytes));
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const reader = body.getReader();
  const stop = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  let received = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      if (received + value.length > size) throw wrongSize(size, `more than ${size}`);
      if (received < beginning.length) {
        beginning.set(value.subarray(0, beginning.length - received), received);
      }
      received += value.length;
      let rest = value;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    file.close();
  }
  if (received !== size) throw wrongSize(size, String(received));
  return beginning;
}

function wrongSize(announced: number, arrived: string): OperationError {
  return new OperationError(
    "invalid",
    `The upload announced ${announced} bytes and sent ${arrived}; send it again.`,
    { details: { announced_bytes: announced } },
  );
}
