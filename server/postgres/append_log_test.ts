import { appendLogContract } from "../../tests/contract/append_log.ts";
import { DATABASE_KINDS, openTestDatabase } from "../../tests/harness/database.ts";

for (const kind of DATABASE_KINDS) {
  Deno.test(`the append log on ${kind}`, async (t) => {
    await using db = await openTestDatabase(kind);
    await appendLogContract(t, db);
  });
}
