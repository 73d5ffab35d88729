import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Tx } from "../postgres/sql.ts";
import { orderColumns, quoted } from "./catalog.ts";
import { type BackupTable, ROW_PART_BYTES, rowPartName } from "./format.ts";
import type { TarWriter } from "./tar_writer.ts";

/** Rows that are asked for at once; an event has at most 64 KiB. */
const FETCH_ROWS = 200;

const compress = promisify(gzip);

/** Writes a table's rows as parts, in a stable order. Answers how many there were. */
export async function dumpRows(
  tx: Tx,
  table: BackupTable,
  options: { readonly writer: TarWriter; readonly onRows: (count: number) => void },
): Promise<number> {
  const columns = table.columns.map(({ name }, at) => `${quoted(name)}::text as c${at}`).join(", ");
  const order = (await orderColumns(tx, table)).map(quoted).join(", ");
  await tx.unsafe(
    `declare dump no scroll cursor for select ${columns} from ${
      quoted(table.name)
    } order by ${order}`,
  );
  let lines: string[] = [];
  let lineBytes = 0;
  let part = 0;
  let total = 0;
  const flush = async () => {
    if (lines.length === 0) return;
    const bytes = await compress(lines.join(""));
    await options.writer.add(rowPartName(table.name, ++part), bytes);
    lines = [];
    lineBytes = 0;
  };
  for (;;) {
    const rows = await tx.unsafe(`fetch ${FETCH_ROWS} from dump`).values();
    if (rows.length === 0) break;
    for (const row of rows) {
      const line = JSON.stringify(row) + "\n";
      lines.push(line);
      lineBytes += line.length;
      if (lineBytes >= ROW_PART_BYTES) await flush();
    }
    total += rows.length;
    options.onRows(rows.length);
  }
  await flush();
  await tx.unsafe("close dump");
  return total;
}
