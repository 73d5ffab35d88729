import { dirname, join } from "node:path";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { assertBlobKey } from "../../core/ids/blob_key.ts";
import type { BlobInfo, BlobStore, ByteRange } from "../../core/ports/blob_store.ts";

const READ_CHUNK_BYTES = 64 * 1024;
/** Unfinished files; the dot keeps the folder outside the grammar of keys. */
const TEMP_FOLDER = ".tmp";

/**
 * Blobs in a folder: a file per key. A file appears under its name only when it is whole
 * and flushed (temporary file, fsync, rename, fsync of the folder), so a crash leaves
 * either the old or the new object. Keys cannot leave the folder: see `assertBlobKey`.
 */
export class FolderBlobStore implements BlobStore {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folder where it is missing. */
  static async open(root: string): Promise<FolderBlobStore> {
    await Deno.mkdir(join(root, TEMP_FOLDER), { recursive: true, mode: 0o700 });
    return new FolderBlobStore(root);
  }

  /** Removes what a crash left half written; only for who has the folder to itself. */
  async removeUnfinished(): Promise<void> {
    await removeIfThere(join(this.#root, TEMP_FOLDER), { recursive: true });
    await Deno.mkdir(join(this.#root, TEMP_FOLDER), { mode: 0o700 });
  }

  #path(key: string): string {
    assertBlobKey(key);
    return join(this.#root, ...key.split("/"));
  }

  async put(key: string, body: ReadableStream<Uint8Array>, size: number): Promise<void> {
    const path = this.#path(key);
    const temp = await Deno.makeTempFile({ dir: join(this.#root, TEMP_FOLDER) });
    try {
      await writeWhole(temp, body, size);
      const folder = dirname(path);
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      await Deno.rename(temp, path);
      this.#syncUpwards(folder);
    } catch (error) {
      await removeIfThere(temp);
      throw error;
    }
  }

  /** A folder made on the way is durable only when its own parent is flushed too. */
  #syncUpwards(folder: string): void {
    for (let at = folder; at.length >= this.#root.length; at = dirname(at)) syncFolder(at);
  }

  async get(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined> {
    const path = this.#path(key);
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path, { read: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    const info = await file.stat();
    if (!info.isFile) {
      file.close();
      return undefined;
    }
    const start = range?.start ?? 0;
    const end = Math.min(range?.end ?? info.size - 1, info.size - 1);
    if (range !== undefined && (start >= info.size || end < start)) {
      file.close();
      throw new RangeError(`range ${start}-${range.end} of ${key}: it has ${info.size} bytes`);
    }
    if (start > 0) await file.seek(start, Deno.SeekMode.Start);
    return readStream(file, end - start + 1);
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    try {
      const info = await Deno.stat(this.#path(key));
      return info.isFile ? { key, size: info.size } : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await removeIfThere(this.#path(key));
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    // A prefix is a string prefix, as in S3: walk the deepest whole folder and filter.
    const slash = prefix.lastIndexOf("/");
    const folder = slash < 0 ? "" : prefix.slice(0, slash);
    if (folder !== "") assertBlobKey(folder);
    for await (const info of walk(this.#root, folder)) {
      if (info.key.startsWith(prefix)) yield info;
    }
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<BlobInfo> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(join(root, folder))) entries.push(entry);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const key = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      yield* walk(root, key);
    } else if (entry.isFile) {
      try {
        yield { key, size: (await Deno.stat(join(root, key))).size };
      } catch (error) {
        if (!isAbsent(error)) throw error; // deleted while we walked
      }
    }
  }
}

async function writeWhole(
  path: string,
  body: ReadableStream<Uint8Array>,
  size: number,
): Promise<void> {
  const file = await Deno.open(path, { write: true, truncate: true, mode: 0o600 });
  try {
    let written = 0;
    for await (const chunk of body) {
      written += chunk.length;
      if (written > size) throw new Error(`blob body is longer than the ${size} bytes announced`);
      let rest = chunk;
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
    }
    if (written !== size) {
      throw new Error(`blob body ended after ${written} of the ${size} bytes announced`);
    }
    await file.sync();
  } finally {
    file.close();
  }
}

/** At most `length` bytes from where the file stands; closes it at the end or on cancel. */
function readStream(file: Deno.FsFile, length: number): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (left === 0) {
        file.close();
        controller.close();
        return;
      }
      try {
        const chunk = new Uint8Array(Math.min(READ_CHUNK_BYTES, left));
        const read = await file.read(chunk);
        if (read === null) throw new Error("blob file became shorter while it was read");
        left -= read;
        controller.enqueue(chunk.subarray(0, read));
      } catch (error) {
        file.close();
        controller.error(error);
      }
    },
    cancel() {
      file.close();
    },
  });
}

/** A rename is durable only once the folder is flushed; Windows has no such call. */
function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function removeIfThere(path: string, options?: Deno.RemoveOptions): Promise<void> {
  try {
    await Deno.remove(path, options);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
