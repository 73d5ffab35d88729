import assert from "node:assert/strict";
import type { Message } from "../../../core/api/message.ts";
import type { Sealed } from "../../../core/api/sealed.ts";
import type { SealedPayload } from "../../../core/e2ee/payload.ts";
import { sampleMessage, sampleUser } from "../../../tests/harness/sample_message.ts";
import { sealedForm } from "../store/sealed_form.ts";
import {
  countReactions,
  fillMessage,
  meetOwn,
  OPENED_MAX,
  OpenedEvents,
  reactorsOf,
  unopenedEvents,
} from "./sealed_view.ts";

const SELF = "@ann:one.test";
const seal = (nonce: string): Sealed => ({ v: 1, epoch: 1, nonce, key: "a2V5", body: "Ym9keQ" });

function message(id: string, part: Partial<Message> = {}): Message {
  return sampleMessage({
    id,
    kind: "sealed",
    sealed: seal(`nonce of ${id}`),
    sealed_event_id: id,
    sealed_reactions: [],
    ...part,
  });
}

const said = (body: string, part: Partial<SealedPayload> = {}) =>
  ({ type: "message", body, ...part }) as SealedPayload;
const reacted = (key: string) => ({ type: "reaction", key }) as SealedPayload;

function opened(payloads: Record<string, SealedPayload>): OpenedEvents {
  const events = new OpenedEvents();
  for (const [id, payload] of Object.entries(payloads)) events.set(id, { kind: "open", payload });
  return events;
}

const fill = (one: Message, events: OpenedEvents, answered?: Message) =>
  fillMessage(one, { opened: events, selfId: SELF, answered });

Deno.test("a message shows its newest edit, and nothing until that is open", () => {
  const edited = message("$1", { sealed_event_id: "$2", edited_ts: 5 });
  const events = opened({ $1: said("first") });
  assert.equal(fill(edited, events).body, "");
  assert.deepEqual(unopenedEvents(edited, events), ["$2"]);
  events.set("$2", { kind: "open", payload: said("second") });
  assert.equal(fill(edited, events).body, "second");
  assert.deepEqual(unopenedEvents(edited, events), []);
});

Deno.test("previews are those that were sealed: a server's word of a link in what it cannot read counts for nothing", () => {
  const url = "https://leaves.example/a";
  const previews = [{
    ...{ url: "https://bank.example/", host: "bank.example", site: null, title: "Sign in" },
    ...{ description: null, picture: null },
  }];
  const one = message("$1", { previews });
  assert.equal(fill(one, opened({})).previews, undefined);
  assert.equal(fill(one, opened({ $1: said(url) })).previews, undefined);
  const sealed = said(url, { previews: [{ url, title: "Leaves" }] } as unknown as SealedPayload);
  assert.deepEqual(fill(one, opened({ $1: sealed })).previews?.map(({ title }) => title), [
    "Leaves",
  ]);
  const plain = sampleMessage({ id: "$2", previews });
  assert.deepEqual(fill(plain, opened({})).previews, previews);
});

Deno.test("files come with what opens them, and go out again the same", () => {
  const file = {
    uri: "mxc://one.test/abc",
    key: "k".repeat(43),
    hash: "h".repeat(43),
    name: "beds.png",
    type: "image/png",
    size: 10,
    width: 4,
    height: 3,
  };
  const events = opened({ $1: said("", { media: [file] } as unknown as SealedPayload) });
  const [media] = fill(message("$1"), events).media;
  assert.deepEqual(media, {
    uri: file.uri,
    name: "beds.png",
    type: "image/png",
    size: 10,
    alt: null,
    width: 4,
    height: 3,
    thumbhash: null,
    spoiler: false,
    lock: { key: file.key, hash: file.hash, thumb: undefined },
  });
});

Deno.test("reactions are counted here: one of a kind a person, unopened ones not at all", () => {
  const reactions = [
    { id: "$r1", user_id: SELF, sealed: seal("a") },
    { id: "$r2", user_id: "@bob:one.test", sealed: seal("b") },
    { id: "$r3", user_id: "@bob:one.test", sealed: seal("c") },
    { id: "$r4", user_id: "@eve:one.test", sealed: seal("d") },
    { id: "$r5", user_id: "@eve:one.test", sealed: seal("e") },
  ];
  const events = opened({
    $r1: reacted("👍"),
    $r2: reacted("👍"),
    $r3: reacted("👍"),
    $r4: reacted("🎉"),
  });
  const one = message("$1", { sealed_reactions: reactions });
  assert.deepEqual(countReactions(one, events, SELF), [
    { key: "👍", count: 2, me: true, users: [SELF, "@bob:one.test"] },
    { key: "🎉", count: 1, me: false, users: ["@eve:one.test"] },
  ]);
  assert.deepEqual(reactorsOf(one, events, "👍"), [SELF, "@bob:one.test"]);
  assert.deepEqual(unopenedEvents(one, events), ["$1", "$r5"]);
});

Deno.test("an answer quotes what stands here, else what its writer quoted, and nothing deleted", () => {
  const reply = message("$2", { reply_to: { id: "$1", author: null, excerpt: "" } });
  const events = opened({ $2: said("yes", { reply_excerpt: "as I read it" }) });
  assert.equal(fill(reply, events).reply_to?.excerpt, "as I read it");
  const target = message("$1", { body: "as it is" });
  assert.equal(fill(reply, events, target).reply_to?.excerpt, "as it is");
  assert.equal(fill(reply, events, message("$1")).reply_to?.excerpt, "as I read it");
  const gone = message("$1", { redacted: { by: SELF, reason: null } });
  assert.equal(fill(reply, events, gone).reply_to?.excerpt, null);
  const unknown = message("$2", { reply_to: { id: "$1", author: null, excerpt: null } });
  assert.equal(fill(unknown, events).reply_to?.excerpt, null);
});

Deno.test("what was sealed in this tab is known when its event comes, once, and to nobody else", () => {
  const events = new OpenedEvents();
  events.expectOwn("nonce of $1", { type: "message", body: "mine" });
  meetOwn(message("$1"), events, SELF);
  assert.equal(events.payload("$1"), undefined, "somebody else's event under that nonce");
  meetOwn(message("$1", { author: sampleUser(SELF) }), events, SELF);
  assert.equal(events.payload("$1")?.body, "mine");
  const again = message("$2", { author: sampleUser(SELF), sealed: seal("nonce of $1") });
  meetOwn(again, events, SELF);
  assert.equal(events.payload("$2"), undefined, "the same seal under another event");
});

Deno.test("what is kept on disk has nothing of what was opened", () => {
  const url = "https://leaves.example/";
  const part = { reply_excerpt: "quoted", previews: [{ url, title: "Leaves" }] };
  const secret = said(`secret ${url}`, part as unknown as Partial<SealedPayload>);
  const events = opened({ $1: secret, $r: reacted("🙈") });
  const shown = fill(
    message("$1", {
      sealed_reactions: [{ id: "$r", user_id: SELF, sealed: seal("r") }],
      reply_to: { id: "$0", author: null, excerpt: "" },
    }),
    events,
  );
  for (const word of ["secret", "quoted", "Leaves", "🙈"]) {
    assert.ok(JSON.stringify(shown).includes(word), word);
    assert.ok(!JSON.stringify(sealedForm(shown)).includes(word), word);
  }
  assert.ok(!JSON.stringify(sealedForm(shown)).includes(url));
  assert.equal(fill(sealedForm(shown), events).body, secret.body);
  const plain = message("$3", { sealed: undefined, sealed_reactions: undefined, body: "plain" });
  assert.equal(sealedForm(plain).body, "plain");
});

Deno.test("a tab remembers a bounded number of opened events, the latest ones", () => {
  const events = new OpenedEvents();
  for (let i = 0; i < OPENED_MAX; i++) events.set(`$${i}`, { kind: "opening", slow: false });
  events.get("$0");
  events.set("$new", { kind: "opening", slow: false });
  assert.ok(events.get("$0"), "asked for a moment ago");
  assert.equal(events.get("$1"), undefined);
});
