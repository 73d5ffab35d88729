import assert from "node:assert/strict";
import { TokenScope } from "../../core/api/scopes.ts";
import { OperationError } from "../../core/errors.ts";
import { apiOperations } from "../../scripts/lib/api_operations.ts";
import { requireScope } from "./require_scope.ts";

const operations = await apiOperations();

Deno.test("every operation says which scope opens it to a token, or that none does", () => {
  for (const { id, scope } of operations) {
    assert.ok(scope === null || TokenScope.options.includes(scope), `${id}: ${String(scope)}`);
  }
  for (const scope of TokenScope.options) {
    assert.ok(operations.some((one) => one.scope === scope), `${scope} opens nothing`);
  }
});

/** Asked with a body, and changing nothing. */
const QUESTIONS: readonly string[] = ["previewPermissions", "checkTemplate"];

Deno.test("what needs no account or a person's confirmation has no scope; administration its own", () => {
  for (const { id, auth, confirm, scope, tag, method } of operations) {
    if (auth === "none" || confirm === true) assert.equal(scope, null, id);
    if (auth === "admin") assert.ok(scope === null || scope === "admin", id);
    else assert.notEqual(scope, "admin", id);
    if (tag === "encryption" || tag === "voice" || tag === "e2ee") assert.equal(scope, null, id);
    if (scope === "read" || scope === "account:read") {
      assert.ok(method === "GET" || QUESTIONS.includes(id), `${id} changes something`);
    }
  }
});

Deno.test("keys to the account stay out of reach of every token", () => {
  const scopeOf = new Map(operations.map(({ id, scope }) => [id, scope]));
  for (
    const id of [
      "changePassword",
      "ratePassword",
      "deactivateAccount",
      "createAccessToken",
      "revokeAccessToken",
      "revokeSession",
      "confirmIdentity",
      "beginTotp",
      "removeTotp",
      "addPasskey",
      "setEmail",
      "eraseOwnWords",
      "beginExport",
      "downloadExport",
      "registerDevice",
      "publishIdentity",
      "getBackup",
      "logout",
    ]
  ) {
    assert.equal(scopeOf.get(id), null, id);
  }
});

Deno.test("a token without the scope is refused in words that name it; sessions hold everything", () => {
  const send = { id: "sendMessage", scope: "write:messages" } as const;
  requireScope({}, send);
  requireScope({}, { id: "changePassword", scope: null });
  requireScope({ scopes: ["write:messages"] }, send);
  const refusal = (scopes: TokenScope[], operation: Parameters<typeof requireScope>[1]) => {
    try {
      requireScope({ scopes }, operation);
    } catch (error) {
      assert.ok(error instanceof OperationError);
      assert.equal(error.code, "forbidden");
      return error.message;
    }
    return undefined;
  };
  assert.match(refusal(["read", "admin"], send) ?? "", /"write:messages".*sendMessage/);
  const all = TokenScope.options.slice();
  assert.match(refusal(all, { id: "changePassword", scope: null }) ?? "", /No access token/);
});
