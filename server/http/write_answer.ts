import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reply } from "./reply.ts";

/** Bytes of a body that nobody wanted, read so that the connection can be used again. */
const DISCARD_BYTES = 1 << 20;

/** Writes an answer; resolves when all of it has been handed to the socket or the visitor left. */
export async function writeAnswer(
  answer: Reply | Response,
  parts: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const { incoming, outgoing } = parts;
  if (outgoing.destroyed) {
    if (answer instanceof Response) await answer.body?.cancel().catch(() => undefined);
    return;
  }
  if (answer instanceof Response) await writeResponse(answer, parts);
  else writeReply(answer, parts);
  if (!incoming.complete) discardRest(incoming);
}

function writeReply(
  reply: Reply,
  parts: { incoming: IncomingMessage; outgoing: ServerResponse },
): void {
  const bodiless = reply.body === null || parts.incoming.method === "HEAD";
  const length = reply.body === null ? undefined : String(Buffer.byteLength(reply.body));
  parts.outgoing.writeHead(
    reply.status,
    length === undefined ? reply.headers : { ...reply.headers, "content-length": length },
  );
  if (bodiless) parts.outgoing.end();
  else parts.outgoing.end(reply.body);
}

async function writeResponse(
  response: Response,
  parts: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  const { incoming, outgoing } = parts;
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  outgoing.writeHead(response.status, headers);
  if (response.body === null || incoming.method === "HEAD") {
    await response.body?.cancel().catch(() => undefined);
    outgoing.end();
    return;
  }
  // The head goes at once: a stream may have nothing to say for a while.
  outgoing.flushHeaders();
  await pump(response.body, outgoing);
}

/** Carries a stream into an answer at the reader's pace; ends it early when the reader leaves. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  let wake: () => void = () => undefined;
  let left = false;
  outgoing.on("drain", () => wake());
  outgoing.once("close", () => {
    left = true;
    wake();
    // What produces the stream ends too, also while it has nothing to say.
    void reader.cancel().catch(() => undefined);
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || left) break;
      if (!outgoing.write(value) && !left) await new Promise<void>((resolve) => wake = resolve);
    }
    outgoing.end();
  } catch {
    // The source failed after the head was sent: only a cut tells the reader that it is not whole.
    outgoing.destroy();
  }
}

function discardRest(incoming: IncomingMessage): void {
  // A web stream that was made of it and is read no more would pause it for ever.
  incoming.removeAllListeners("data");
  let left = DISCARD_BYTES;
  incoming.on("data", (part: Uint8Array) => {
    left -= part.byteLength;
    if (left < 0) incoming.destroy();
  });
  incoming.resume();
}
