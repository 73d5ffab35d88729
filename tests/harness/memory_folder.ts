import { readFileSync, statfsSync } from "node:fs";

const FOLDER = "/dev/shm";
/** What the databases of one run have needed at most, and room for as much again. */
const NEEDED_BYTES = 2 * 1024 ** 3;
/** Of the machine: what lies there is taken from what programs have. */
const NEEDED_MEMORY_BYTES = 6 * 1024 ** 3;

/** Of the environment, so that the programs a bench starts keep to it. */
const ON_DISK = "OPENGUILD_TEST_DATABASES_ON_DISK";

/** For this process and those it starts: what commits cost is measured where people have them. */
export function keepDatabasesOnDisk(): void {
  Deno.env.set(ON_DISK, "yes");
}

/** A folder whose files lie in memory, where the machine has one and enough of it. */
export function memoryFolder(): string | undefined {
  if (Deno.env.has(ON_DISK)) return undefined;
  if (Deno.systemMemoryInfo().available < NEEDED_MEMORY_BYTES) return undefined;
  try {
    const inMemory = readFileSync("/proc/mounts", "utf8").includes(` ${FOLDER} tmpfs `);
    const { bavail, bsize } = statfsSync(FOLDER);
    return inMemory && bavail * bsize >= NEEDED_BYTES ? FOLDER : undefined;
  } catch {
    return undefined;
  }
}
