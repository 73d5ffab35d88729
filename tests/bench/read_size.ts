import { type BenchSize, readSize as read } from "../../scripts/lib/figure.ts";
import { keepDatabasesOnDisk } from "../harness/memory_folder.ts";

/**
 * What a bench is told. Tests have their databases in memory where the machine has enough; a
 * bench that measures has them on the disk, where a commit costs what it costs.
 */
export function readSize(args: readonly string[]): BenchSize {
  const size = read(args);
  if (!size.tiny) keepDatabasesOnDisk();
  return size;
}
