import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Tx } from "../postgres/sql.ts";
import { quoted } from "./catalog.ts";
import { BackupError, type BackupTable } from "./format.ts";
import { readWhole, type TarEntry } from "./tar_reader.ts";

const MAX_PART_BYTES = 512 * 1024 * 1024;
const INSERT_ROWS = 500;
/** A statement's worth: keeps one statement small where rows are large. */
const INSERT_BYTES = 4 * 1024 * 1024;

const decompress = promisify(gunzip);

/** Puts one part's rows into their table; every value goes in as the text it was dumped as. */
export async function loadRows(tx: Tx, table: BackupTable, entry: TarEntry): Promise<number> {
  const packed = await readWhole(entry, MAX_PART_BYTES);
  const bytes = await decompress(packed, { maxOutputLength: MAX_PART_BYTES });
  const lines = bytes.toString("utf8").split("\n");
  if (lines.pop() !== "") throw new BackupError(`"${entry.name}" ends in the middle of a row.`);
  const columns = table.columns.map((column) => quoted(column.name)).join(", ");
  const values = table.columns.map((column, at) => `(r->>${at})::${column.type}`).join(", ");
  const statement = `insert into ${quoted(table.name)} (${columns}) overriding system value ` +
    `select ${values} from json_array_elements($1::text::json) as r`;
  for (const batch of batches(lines)) await tx.unsafe(statement, [`[${batch.join(",")}]`]);
  return lines.length;
}

function* batches(lines: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    batch.push(line);
    bytes += line.length;
    if (batch.length < INSERT_ROWS && bytes < INSERT_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
