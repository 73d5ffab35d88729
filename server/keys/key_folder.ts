import { join } from "node:path";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { type KeyId, parseKeyId } from "../../core/ids/key_id.ts";
import { type KeyEntry, keyIdOf, parseKeyEntry } from "../../core/keys/key_entry.ts";
import type { Rng } from "../../core/ports/rng.ts";

/** A private key of this data folder. */
export interface HeldKey {
  readonly keyId: KeyId;
  readonly entry: KeyEntry;
  /** The server's epoch when the key was made. */
  readonly epoch: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

const SUFFIX = ".key.json";
const HOLDER_FILE = "holder";

/**
 * The private halves of this process's signing keys: a folder of files that only the server's
 * user may read (0700, 0600). They are never in the database nor in a backup.
 */
export class KeyFolder {
  readonly #path: string;

  private constructor(path: string, readonly holder: string) {
    this.#path = path;
  }

  /** Opens `keys/` of a data folder, made where it is missing. */
  static async open(dataFolder: string, deps: { readonly rng: Rng }): Promise<KeyFolder> {
    const path = join(dataFolder, "keys");
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    const file = join(path, HOLDER_FILE);
    const held = await readTextOrNothing(file);
    if (held !== undefined && held.trim() !== "") return new KeyFolder(path, held.trim());
    const holder = encodeBase58Of16(deps.rng.bytes(16));
    await writeDurably(file, `${holder}\n`);
    return new KeyFolder(path, holder);
  }

  /** All keys of the folder. Throws for a file that is damaged: its key may have signed. */
  async list(): Promise<HeldKey[]> {
    const keys: HeldKey[] = [];
    for await (const file of Deno.readDir(this.#path)) {
      if (file.isFile && file.name.endsWith(SUFFIX)) keys.push(await this.#read(file.name));
    }
    return keys.sort((a, b) => b.entry.valid_from - a.entry.valid_from);
  }

  /** Stores a key durably, before anything is signed with it. */
  async add(key: HeldKey): Promise<void> {
    const text = JSON.stringify({
      key_id: key.keyId,
      entry: key.entry,
      epoch: key.epoch,
      seed: key.seed.toBase64(),
    });
    await writeDurably(join(this.#path, key.keyId + SUFFIX), `${text}\n`);
  }

  async remove(keyId: KeyId): Promise<void> {
    try {
      await Deno.remove(join(this.#path, keyId + SUFFIX));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #read(name: string): Promise<HeldKey> {
    const path = join(this.#path, name);
    const keyId = parseKeyId(name.slice(0, -SUFFIX.length));
    let fields: Record<string, unknown>;
    try {
      fields = JSON.parse(await Deno.readTextFile(path)) as Record<string, unknown>;
    } catch (error) {
      throw damaged(path, error);
    }
    const entry = parseKeyEntry(fields["entry"] as never);
    const { epoch, seed } = fields;
    if (
      keyId === undefined || entry === undefined || keyIdOf(entry) !== keyId ||
      typeof epoch !== "string" || typeof seed !== "string"
    ) throw damaged(path);
    const bytes = decodeSeed(seed);
    if (bytes?.length !== 32) throw damaged(path);
    return { keyId, entry, epoch, seed: bytes };
  }
}

function decodeSeed(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}

function damaged(path: string, cause?: unknown): Error {
  return new Error(
    `The signing key file ${path} is damaged. Put back a good copy, or move it away: the server ` +
      "then makes a new key and keeps verifying with the old one.",
    cause === undefined ? undefined : { cause },
  );
}

async function readTextOrNothing(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whole or not at all, and on the disk before it returns. */
async function writeDurably(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  await Deno.writeTextFile(part, text, { mode: 0o600 });
  {
    using file = await Deno.open(part, { write: true });
    await file.sync();
  }
  await Deno.rename(part, path);
}
