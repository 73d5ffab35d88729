import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { WriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { BackupError, type BackupManifest } from "./format.ts";

/** What the system says where the file itself, and nothing that goes into it, is in the way. */
const FILE_FAULTS: readonly unknown[] = [
  ...["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "EACCES", "EPERM", "EROFS"],
  ...["ENOSPC", "EDQUOT", "EFBIG", "EIO"],
];

/** Writes a tar file entry by entry and keeps size and hash of each. */
export class TarWriter {
  readonly parts: BackupManifest["parts"] = [];
  readonly #pack: Pack = pack();
  readonly #file: WriteStream;
  readonly #done: Promise<void>;
  readonly #modifiedTs: number;
  /** Why the file can take nothing more; what broke because of it says less. */
  #fault: BackupError | undefined;

  /** Where the file exists the first entry fails with that: nothing is ever written over. */
  constructor(path: string, options: { readonly modifiedTs: number }) {
    this.#modifiedTs = options.modifiedTs;
    this.#file = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
    this.#file.once("error", (cause: Error & { readonly code?: unknown }) => {
      if (cause.code === "EEXIST") {
        this.#fault = new BackupError(`${path} is there already: choose another name.`, { cause });
        return;
      }
      if (!FILE_FAULTS.includes(cause.code)) return;
      const why = `The file cannot be written to ${path}: ${cause.message}.`;
      this.#fault = new BackupError(`${why} Choose a folder that has room and may be written to.`, {
        cause,
      });
    });
    this.#done = pipeline(this.#pack, this.#file);
    // Failures are reported by whoever waits for an entry or for the end.
    this.#done.catch(() => {});
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    await this.addStream(name, bytes.length, Readable.from([bytes]));
  }

  /** The body must have exactly `size` bytes. */
  async addStream(name: string, size: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash("sha256");
    let written = 0;
    const counted = async function* () {
      for await (const chunk of body) {
        written += chunk.length;
        if (written > size) throw new BackupError(`"${name}" grew while it was read.`);
        hash.update(chunk);
        yield chunk;
      }
      if (written < size) throw new BackupError(`"${name}" shrank while it was read.`);
    };
    const head = { name, size, mtime: new Date(this.#modifiedTs), mode: 0o600 };
    try {
      await Promise.race([
        pipeline(Readable.from(counted()), this.#pack.entry(head)),
        this.#done.then(() => Promise.reject(new BackupError("the file was closed too early"))),
      ]);
    } catch (error) {
      throw this.#fault ?? error;
    }
    this.parts.push({ name, size, sha256: hash.digest("hex") });
  }

  /** Resolves once everything is in the file. */
  async finish(): Promise<void> {
    this.#pack.finalize();
    await this.#done.catch((error) => {
      throw this.#fault ?? error;
    });
  }

  /** Gives up; the file stays for the caller to remove. */
  async abort(): Promise<void> {
    this.#pack.destroy(new Error("given up"));
    await this.#done.catch(() => {});
  }
}
