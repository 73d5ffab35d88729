import {
  BackupError,
  BackupHeader,
  BackupManifest,
  HEADER_NAME,
  MANIFEST_NAME,
  MAX_HEADER_BYTES,
  MAX_MANIFEST_BYTES,
  type OnProgress,
} from "./format.ts";
import { hashBody, readTar, readWhole, type TarEntry } from "./tar_reader.ts";

export interface CheckedBackup {
  readonly path: string;
  readonly header: BackupHeader;
  readonly manifest: BackupManifest;
}

/**
 * Reads a backup from end to end and compares every part with the manifest.
 * @throws BackupError naming the first part that is missing, changed or not ours.
 */
export async function checkFile(
  path: string,
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<CheckedBackup> {
  const size = (await statOrExplain(path)).size;
  const seen: BackupManifest["parts"] = [];
  let header: BackupHeader | undefined;
  let manifest: BackupManifest | undefined;
  for await (const entry of readTar(path)) {
    options.signal?.throwIfAborted();
    options.onProgress?.("checking", entry.offset, size);
    if (manifest !== undefined) throw new BackupError(`${path}: something follows the manifest.`);
    if (entry.name === MANIFEST_NAME) {
      manifest = parseManifest(path, await readWhole(entry, MAX_MANIFEST_BYTES));
    } else if (header === undefined) {
      header = await parseHeader(path, entry, seen);
    } else {
      seen.push({ name: entry.name, size: entry.size, sha256: await hashBody(entry) });
    }
  }
  if (header === undefined || manifest === undefined) {
    throw new BackupError(
      `${path} is not whole: its end is missing. The backup was cut short; take another.`,
    );
  }
  compare(path, seen, manifest.parts);
  return { path, header, manifest };
}

async function statOrExplain(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw new BackupError(`The backup ${path} cannot be read: is the path right?`, {
      cause: error,
    });
  }
}

async function parseHeader(
  path: string,
  entry: TarEntry,
  seen: BackupManifest["parts"],
): Promise<BackupHeader> {
  if (entry.name !== HEADER_NAME) {
    throw new BackupError(`${path} is no backup of this program: it begins with "${entry.name}".`);
  }
  const bytes = await readWhole(entry, MAX_HEADER_BYTES);
  seen.push({ name: entry.name, size: entry.size, sha256: await sha256(bytes) });
  const result = BackupHeader.safeParse(parseJson(bytes));
  if (!result.success) {
    throw new BackupError(
      `${path} was written in a form that this program does not know; a newer one may.`,
      { cause: result.error },
    );
  }
  return result.data;
}

function parseManifest(path: string, bytes: Uint8Array): BackupManifest {
  const result = BackupManifest.safeParse(parseJson(bytes));
  if (!result.success) {
    throw new BackupError(`${path} has a manifest that cannot be read.`, { cause: result.error });
  }
  return result.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}

function compare(
  path: string,
  seen: BackupManifest["parts"],
  expected: BackupManifest["parts"],
): void {
  expected.forEach((part, at) => {
    const found = seen[at];
    if (found?.name !== part.name) {
      throw new BackupError(`${path} is damaged: "${part.name}" is missing.`);
    }
    if (found.size !== part.size || found.sha256 !== part.sha256) {
      throw new BackupError(`${path} is damaged: "${part.name}" is not what was written.`);
    }
  });
  if (seen.length > expected.length) {
    throw new BackupError(`${path} is damaged: it holds more than was written.`);
  }
}
