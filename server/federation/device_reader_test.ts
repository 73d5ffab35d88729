import assert from "node:assert/strict";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import type { Sql } from "../postgres/sql.ts";
import { bumpDeviceList } from "../services/e2ee/device_rows.ts";
import { deviceReader } from "./device_reader.ts";

const BEA = "@bea:two.test" as UserId;
const ASKER = "one.test" as ServerName;

/** A database that has something done to it before the statement of a number. */
function before(sql: Sql, statement: number, act: () => Promise<unknown>): Sql {
  let done = 0;
  return new Proxy(sql, {
    apply(target, self, [strings, ...values]) {
      // A part of a statement, as `sql(names)` makes one.
      if (!Array.isArray(strings) || !("raw" in strings) || done++ !== statement) {
        return Reflect.apply(target, self, [strings, ...values]);
      }
      return act().then(() => Reflect.apply(target, self, [strings, ...values]));
    },
  });
}

Deno.test("whatever changes while a list is read, nothing older is told under the new version", async () => {
  // Whose friend asks, what is published, its version: fewer statements than that.
  for (let statement = 0; statement < 6; statement++) {
    await using database = await freshDatabase();
    const { sql } = database;
    await sql`
      insert into users (user_id, local, skeleton, created_ts, created_by)
      values (${BEA}, 'bea', 'bea', 0, 'test')`;
    await sql`
      insert into relationships (user_id, other_id, bond, changed_ts)
      values (${BEA}, ${`@ann:${ASKER}`}, 'friend', 0)`;
    const publish = () =>
      sql.begin(async (tx) => {
        const [key, signature] = [new Uint8Array(32), new Uint8Array(64)];
        await tx`
          insert into identities (user_id, msk, ssk, usk, ssk_sig, usk_sig, changed_ts)
          values (${BEA}, ${key}, ${key}, ${key}, ${signature}, ${signature}, 0)`;
        await bumpDeviceList(tx, BEA);
      });
    const rooms = { open: () => Promise.resolve(undefined) };
    const reader = deviceReader({ sql: before(sql, statement, publish), rooms });
    const [list] = await reader.find(ASKER, [BEA]);
    assert.ok(list);
    assert.ok(list.version === 0 || list.identity !== null, `before statement ${statement}`);
  }
});
