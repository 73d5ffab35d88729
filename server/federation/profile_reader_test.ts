import assert from "node:assert/strict";
import type { UserId } from "../../core/ids/user_id.ts";
import { testAccounts } from "../../tests/harness/accounts.ts";
import { profileReader } from "./profile_reader.ts";

Deno.test("other servers are shown accounts and webhooks of this one, and nobody else's", async () => {
  await using accounts = await testAccounts();
  await accounts.account("alice");
  const { deps } = accounts;
  const hook = `@_webhook-1:${deps.serverName}`;
  for (const id of [hook, "@bob:elsewhere.example"]) {
    await deps.sql`
      insert into profiles (user_id, display_name, updated_ts) values (${id}, 'Known', 1)`;
  }
  const shown = async (id: string) => (await profileReader(deps).find(id as UserId))?.displayName;
  assert.notEqual(await profileReader(deps).find(`@alice:${deps.serverName}` as UserId), undefined);
  assert.equal(await shown(hook), "Known");
  assert.equal(await shown("@bob:elsewhere.example"), undefined);
});
