import { eventStoreContract } from "../../tests/contract/event_store.ts";
import { DATABASE_KINDS, openTestDatabase } from "../../tests/harness/database.ts";

for (const kind of DATABASE_KINDS) {
  Deno.test(`stored events on ${kind}`, async (t) => {
    await using db = await openTestDatabase(kind);
    await eventStoreContract(t, db);
  });
}
