import assert from "node:assert/strict";
import type { Dm } from "../../../core/api/gateway.ts";
import type { Message } from "../../../core/api/message.ts";
import { seenMessage } from "./conversations.ts";

const ANN = "@ann:one.test";
const BOB = "@bob:two.test";

function said(id: string, order: number, by: string): Message {
  return { id, order, author: { id: by }, redacted: null } as Message;
}

function readTo(id: string, order: number): Dm {
  return { kind: "pair", seen: { id, order } } as Dm;
}

Deno.test("'seen' stands under the last message alone, when it is one's own and was read", () => {
  const own = [said("$1", 10, ANN), said("$2", 20, ANN)];
  assert.equal(seenMessage(readTo("$2", 20), own, ANN), "$2");
  assert.equal(seenMessage(readTo("$1", 10), own, ANN), undefined, "the last one is not read");
  assert.equal(seenMessage(readTo("$9", 20), own, ANN), undefined, "of equal order, another one");
  assert.equal(seenMessage(readTo("$9", 30), own, ANN), "$2", "a reaction or edit after it");
  assert.equal(seenMessage(readTo("$2", 20), own, BOB), undefined, "somebody else's message");
  assert.equal(
    seenMessage({ kind: "pair", seen: null } as Dm, own, ANN),
    undefined,
    "kept to himself",
  );
  assert.equal(seenMessage(undefined, own, ANN), undefined, "a channel of a guild");
  const gone = [{ ...said("$1", 10, ANN), redacted: { by: ANN, reason: null } } as Message];
  assert.equal(seenMessage(readTo("$1", 10), gone, ANN), undefined, "deleted");
});
