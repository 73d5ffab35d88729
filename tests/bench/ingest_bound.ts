/** What a machine can do at best with signed events: verify natively and insert in batches. */
import { StrictVerifier } from "../../core/event/verify.ts";
import { decodeSignature, taggedBytes } from "../../core/event/sign.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { decodePublicKey, type KeyEntry } from "../../core/keys/key_entry.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";

const BATCH = 500;

/** Events a second: all signatures of a batch in flight, rows inserted while the next is verified. */
export async function verifyAndInsert(
  databaseUrl: string,
  events: readonly HeldEvent[],
  entryOf: (server: string) => KeyEntry,
): Promise<number> {
  const sql = connect({ url: databaseUrl, poolSize: 2, log: silentLog });
  await sql.unsafe(`create table if not exists bench_bound (event_id text primary key, pdu text)`);
  const verifier = new StrictVerifier();
  const begun = performance.now();
  let inserting: Promise<unknown> = Promise.resolve();
  for (let at = 0; at < events.length; at += BATCH) {
    const batch = events.slice(at, at + BATCH);
    const good = await Promise.all(batch.map(({ pdu, hash }) => {
      const [text = ""] = Object.values(pdu.signatures[pdu.origin_server] ?? {});
      const key = decodePublicKey(entryOf(pdu.origin_server).key);
      const signature = decodeSignature(text);
      if (key === undefined || signature === undefined) return false;
      return verifier.verify({ key, signature, message: taggedBytes("event/og1", hash) });
    }));
    if (good.includes(false)) throw new Error("The bench signed an event that does not verify.");
    await inserting;
    const rows = batch.map(({ id, pdu }) => ({ event_id: id as string, pdu: JSON.stringify(pdu) }));
    inserting = sql`insert into bench_bound ${sql(rows)}`;
  }
  await inserting;
  const perSecond = events.length / ((performance.now() - begun) / 1000);
  await sql.unsafe("drop table bench_bound");
  await sql.end();
  return perSecond;
}
