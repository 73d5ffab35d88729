import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { extract } from "tar-stream";
import { pipeline } from "node:stream/promises";
import { BackupError } from "./format.ts";

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Must be read to its end, or `skip` called, before the next entry comes. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Bytes of the file before this entry. */
  readonly offset: number;
}

/** The entries of a tar file in their order, one at a time. Throws BackupError for other files. */
export async function* readTar(path: string): AsyncGenerator<TarEntry> {
  const extractor = extract();
  const file = createReadStream(path);
  let failure: unknown;
  const explain = (error: unknown): BackupError => {
    const cause = failure ?? error;
    if (cause instanceof BackupError) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new BackupError(`${path} is no whole backup: ${why.replace(/[.?!]+$/, "")}.`, { cause });
  };
  const reading = pipeline(file, extractor).catch((error) => {
    failure = error;
    extractor.destroy(error);
  });
  try {
    for await (const entry of extractor) {
      if (entry.header.type !== "file") {
        throw new BackupError(`${path} is no backup: it holds "${entry.header.name}".`);
      }
      yield {
        name: entry.header.name,
        size: entry.header.size ?? 0,
        body: explained(entry as AsyncIterable<Uint8Array>, explain),
        offset: file.bytesRead,
      };
      entry.resume();
    }
  } catch (error) {
    throw explain(error);
  } finally {
    file.destroy();
    await reading;
  }
}

/** A small part, whole. */
export async function readWhole(entry: TarEntry, maxBytes: number): Promise<Uint8Array> {
  if (entry.size > maxBytes) {
    throw new BackupError(`"${entry.name}" has ${entry.size} bytes; ${maxBytes} is the bound.`);
  }
  const bytes = new Uint8Array(entry.size);
  let at = 0;
  for await (const chunk of entry.body) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

export async function hashBody(entry: TarEntry): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of entry.body) hash.update(chunk);
  return hash.digest("hex");
}

async function* explained(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}
