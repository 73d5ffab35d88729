import type { Sql } from "../../postgres/sql.ts";
import type { VapidKey } from "../../push/seal_push.ts";

/** The key that this server has had since it was first asked for; of several processes one makes it. */
export async function openVapidKey(sql: Sql, nowMs: number): Promise<VapidKey> {
  const held = await readKey(sql);
  if (held !== undefined) return held;
  const { makeVapidKey } = await import("../../push/seal_push.ts");
  const { publicKey, privateKey } = makeVapidKey();
  await sql`
    insert into push_key (public_key, private_key, created_ts)
    values (${publicKey}, ${privateKey}, ${nowMs}) on conflict do nothing`;
  const kept = await readKey(sql);
  if (kept === undefined) throw new Error("The key for push services was not kept.");
  return kept;
}

async function readKey(sql: Sql): Promise<VapidKey | undefined> {
  const [row] = await sql<{ public_key: string; private_key: string }[]>`
    select public_key, private_key from push_key`;
  return row && { publicKey: row.public_key, privateKey: row.private_key };
}
