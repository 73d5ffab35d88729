import { join } from "node:path";

/** Whoever holds it is the only process that may use the folder. */
export interface DataFolder extends Disposable {
  readonly path: string;
  /** Whether this call made the folder. */
  readonly isNew: boolean;
}

/** The folder is in use or cannot be used. The message is for the person who starts the server. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

/** In every data folder that was ever used. */
export const LOCK_FILE = "lock";

/**
 * Makes the data folder where it is missing (mode 0700) and locks it for this process. The
 * lock is the kernel's: it ends with the process, however that dies; the process id inside is
 * for people.
 * @throws DataFolderError
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const isNew = await makeFolder(path);
  const file = await openLock(path);
  if (!(await tryLock(file))) {
    const holder = new TextDecoder().decode(await readAll(file)).trim();
    file.close();
    const who = /^\d+$/.test(holder) ? `process ${holder}` : "another process";
    throw new DataFolderError(
      `The data folder ${path} is in use by ${who}: stop it, or choose another folder with --data.`,
    );
  }
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return {
    path,
    isNew,
    [Symbol.dispose]() {
      file.close();
    },
  };
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) return false;
    throw new DataFolderError(`The data folder ${path} is a file: choose another with --data.`);
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    // What else is in the way, such as a file among the folders above, the next step meets too.
  }
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderError(
      `The data folder ${path} cannot be made: let this user write there, or choose another with --data.`,
      { cause: error },
    );
  }
  return true;
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(join(path, LOCK_FILE), {
      read: true,
      write: true,
      create: true,
      mode: 0o600,
    });
  } catch (error) {
    throw new DataFolderError(
      `The data folder ${path} is not writable: let this user write there, or choose another with --data.`,
      { cause: error },
    );
  }
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  return await file.tryLock(true);
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(64);
  const count = await file.read(buffer);
  return buffer.subarray(0, count ?? 0);
}
