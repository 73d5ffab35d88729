import assert from "node:assert/strict";
import type { UserId } from "../../core/ids/user_id.ts";
import { testAccounts } from "../../tests/harness/accounts.ts";
import { MemoryLog } from "../../tests/harness/parts.ts";
import { revokeAccessToken } from "../services/accounts/access_tokens.ts";
import { updateSettings } from "../services/accounts/settings.ts";
import { errorReply } from "./errors.ts";

Deno.test("a character that the database cannot hold is the request's fault, not the server's", async () => {
  await using accounts = await testAccounts();
  const log = new MemoryLog();
  const asText = revokeAccessToken(accounts.deps, {
    userId: "@alice:example.org" as UserId,
    id: "a\u0000b",
  });
  const asJson = updateSettings(accounts.deps, {
    actor: null,
    values: { abuse_contact: "a\u0000b@example.org" },
  });
  for (const failing of [asText, asJson]) {
    const failure = await failing.then(() => assert.fail("it was stored"), (error) => error);
    const reply = errorReply(failure, { requestId: "1", route: "/", log });
    assert.equal(reply.status, 400);
    assert.match(String(reply.body), /U\+0000/);
  }
  assert.equal(log.lines.length, 0);
});
