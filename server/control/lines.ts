import { MAX_LINE_BYTES } from "./protocol.ts";

const NEWLINE = 10;

/** The lines of a byte stream, without their ends. Throws where one is beyond the bound. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield decoder.decode(joined([...kept, chunk.subarray(from, at)]));
      kept = [];
      keptBytes = 0;
      from = at + 1;
    }
    const rest = chunk.slice(from);
    kept.push(rest);
    keptBytes += rest.length;
    if (keptBytes > MAX_LINE_BYTES) throw new Error("a line is longer than its bound");
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
