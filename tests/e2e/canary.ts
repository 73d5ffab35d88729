import assert from "node:assert/strict";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { formsOf } from "../e2ee/secrecy.ts";

/** A word is nowhere in a text: neither as it is, nor as bytes, nor in base64 at any place of it. */
export function assertNone(text: string, canary: string): void {
  for (const form of formsOf(canary)) {
    const at = text.indexOf(form);
    assert.ok(at < 0, `...${text.slice(Math.max(0, at - 200), at + 100)}...`);
  }
}

/** Every row of every table as text. */
export async function dump(databaseUrl: string): Promise<string> {
  const sql = connect({ url: databaseUrl, poolSize: 1, log: silentLog });
  try {
    const tables = await sql<{ name: string }[]>`
      select quote_ident(table_name) as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`;
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`);
      rows.push(...found.map(({ row }) => row));
    }
    return rows.join("\n");
  } finally {
    await sql.end();
  }
}
