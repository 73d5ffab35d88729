import assert from "node:assert/strict";
import { base64Of } from "../../../core/e2ee/bytes.ts";
import { seal } from "../../../core/e2ee/envelope.ts";
import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import type { Relation } from "../../../core/event/kinds/relation.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { systemRng } from "../../system/rng.ts";
import { wordingsOf } from "./wordings.ts";

/** What an edit belongs to. */
const FIRST = "$ChZqA1ArLQp1ZwmCAf7UYX2XmKD4PRJCDeUwAasKmLxE";
const PLACE = {
  roomId: "!2222222222222222222222" as RoomId,
  channelId: "main" as ChannelId,
  sender: "@mallory:one.test" as UserId,
};

/** A sealed message as its event carries it, and its content key. */
function sealed(eventId: string, body: string, place = PLACE, relation?: Relation) {
  const made = seal({
    payload: { type: "message", body },
    place: { ...place, relation },
    rng: systemRng,
  });
  const content = {
    msgtype: "sealed",
    body: "",
    sealed: { ...made.sealed, epoch: 3, key: "AAAA" },
    ...(relation === undefined ? {} : { relates_to: relation }),
  } as unknown as JsonObject;
  return {
    event: { eventId, type: "m.room.message", ts: 1, content },
    key: { event_id: eventId, key: base64Of(made.key.contentKey) },
  };
}

const plain = (eventId: string, body: string) => ({
  eventId,
  type: "m.room.message",
  ts: 1,
  content: { msgtype: "text", body } as JsonObject,
});

const refuses = (work: Promise<unknown>) =>
  assert.rejects(work, (error) => error instanceof OperationError && error.code === "invalid");

Deno.test("what a plain message said, with its edits, the newest ones", async () => {
  const many = Array.from(
    { length: limits.reports.maxWordings + 3 },
    (_, at) => plain(`$${at}`, `said ${at}`),
  );
  const { sealed, wordings } = await wordingsOf(PLACE, many, []);
  assert.equal(sealed, false);
  assert.deepEqual(
    [wordings.length, wordings[0]?.body, wordings.at(-1)?.body],
    [limits.reports.maxWordings, "said 3", `said ${limits.reports.maxWordings + 2}`],
  );
  await refuses(
    wordingsOf(PLACE, [plain("$a", "open")], [{ event_id: "$a", key: "A".repeat(43) }]),
  );
});

Deno.test("a sealed message is opened with its key alone, where and by whom it was said", async () => {
  const relation = { kind: "edit", event_id: FIRST } as unknown as Relation;
  const [first, edit] = [sealed(FIRST, "unkind"), sealed("$b", "kinder", PLACE, relation)];
  const events = [first.event, edit.event];
  const all = await wordingsOf(PLACE, events, [first.key, edit.key]);
  assert.deepEqual([all.sealed, all.wordings.map(({ body }) => body)], [true, [
    "unkind",
    "kinder",
  ]]);
  const half = await wordingsOf(PLACE, events, [edit.key]);
  assert.deepEqual(half.wordings.map(({ body }) => body), [null, "kinder"]);

  await refuses(wordingsOf(PLACE, events, [{ ...first.key, key: edit.key.key }]));
  await refuses(wordingsOf(PLACE, events, [{ event_id: "$c", key: first.key.key }]));
  for (
    const elsewhere of [
      { roomId: "!3333333333333333333333" as RoomId },
      { channelId: "other" as ChannelId },
      { sender: "@ada:one.test" as UserId },
    ]
  ) await refuses(wordingsOf({ ...PLACE, ...elsewhere }, events, [first.key]));
  // Hung onto another message than it was sealed for.
  const hung = { ...first.event, content: { ...first.event.content, relates_to: relation } };
  await refuses(wordingsOf(PLACE, [hung as never], [first.key]));
});

Deno.test("a character that the database's JSON cannot hold keeps nothing from being reported", async () => {
  const open = await wordingsOf(PLACE, [plain("$a", "un\u0000kind")], []);
  const { event, key } = sealed(FIRST, "un\u0000kind");
  const shut = await wordingsOf(PLACE, [event], [key]);
  assert.deepEqual([...open.wordings, ...shut.wordings].map(({ body }) => body), [
    "unkind",
    "unkind",
  ]);
});

Deno.test("a poll is reported with its question and its options", async () => {
  const content = { question: "Whose turn?", options: ["Ann's", "Bob's"] };
  const { wordings } = await wordingsOf(
    PLACE,
    [{ eventId: "$a", type: "m.poll", ts: 1, content }],
    [],
  );
  assert.deepEqual(wordings.map(({ body }) => body), ["Whose turn?\nAnn's\nBob's"]);
});
