import assert from "node:assert/strict";
import { keepRuleOf } from "./keep.ts";
import { kindOf, KINDS, RESERVED_TYPES } from "./kinds.ts";
import { contentFault, type EventKind, fitsStateKey, readContent } from "./kinds/kind.ts";
import { messageKind } from "./kinds/message.ts";
import { policyKind } from "./kinds/policy.ts";
import { reactionKind } from "./kinds/reaction.ts";
import type { JsonObject } from "./json.ts";

const SEALED = { v: 1, epoch: 3, nonce: "A".repeat(22), key: "AAAA", body: "BBBB" };
const SOME_ID = "$4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM";
const MEDIA = {
  uri: "mxc://example.com/8FyqfTvsqV1HMzCTqAENWY",
  blake3: SOME_ID.slice(1),
  size: 10,
  type: "image/png",
};

/** Contents that are valid, and for each a change that is not, with what the fault names. */
const FIXTURES: Readonly<Record<string, readonly [JsonObject, JsonObject, string]>> = {
  "m.room.message": [
    {
      msgtype: "file",
      body: "",
      media: [{ ...MEDIA, width: 3, alt: "a cat", spoiler: true }],
      mentions: { users: ["@bob:example.com"], everyone: false },
      relates_to: { kind: "thread", event_id: SOME_ID, reply_to: SOME_ID },
      future_field: [1, 2],
    },
    { media: [MEDIA, { ...MEDIA, size: -1 }] },
    ".media[1].size: an integer",
  ],
  "m.reaction": [
    { relates_to: { kind: "reaction", event_id: SOME_ID }, key: "👍" },
    { relates_to: { kind: "reply", event_id: SOME_ID } },
    ".relates_to.kind: one of reaction",
  ],
  "m.pin": [{ event_id: SOME_ID, on: true }, { on: 1 }, ".on: true or false"],
  "m.thread": [
    { relates_to: { kind: "thread", event_id: SOME_ID }, locked: true },
    { title: "" },
    ".title: empty",
  ],
  "m.poll": [{ question: "?", options: ["a", "b"] }, { options: ["a"] }, ".options: 2 to 20"],
  "m.poll.vote": [
    { relates_to: { kind: "vote", event_id: SOME_ID }, choices: [] },
    { choices: [20] },
    ".choices[0]: an integer from 0 to 19",
  ],
  "m.poll.end": [
    { relates_to: { kind: "poll_end", event_id: SOME_ID } },
    { relates_to: { kind: "vote", event_id: SOME_ID } },
    ".relates_to.kind: one of poll_end",
  ],
  "m.previews.off": [
    { relates_to: { kind: "previews_off", event_id: SOME_ID } },
    { relates_to: { kind: "reply", event_id: SOME_ID } },
    ".relates_to.kind: one of previews_off",
  ],
  "m.guild.role": [{ name: "Mods", color: "#00ff00" }, { color: "red" }, ".color"],
  "m.guild.meta": [{ name: "Guild" }, { name: "x".repeat(500) }, ".name: more than 400 bytes"],
  "m.guild.welcome": [
    { text: "Hello", channels: [] },
    { channels: [{ channel: "#1" }] },
    ".channels[0].channel: a channel id",
  ],
  "m.channel.meta": [{ name: "general", slow_mode_s: 5 }, { slow_mode_s: -1 }, ".slow_mode_s"],
  "m.member.profile": [{ nickname: "Al" }, { avatar: "http://x" }, ".avatar: an mxc:// URI"],
  "m.guild.emoji": [
    { uri: MEDIA.uri, name: "fiesta", former: ["gala"] },
    { former: ["no-such"] },
    ".former[0]: 2 to 32 of",
  ],
  "m.room.member": [
    { membership: "invite", expires: 5, link: SOME_ID.slice(1), reason: "hi" },
    { membership: "visit" },
    ".membership: one of join, invite, leave, ban, knock",
  ],
  "m.purge": [
    { user: "@bob:example.com", from_ts: 1, to_ts: 2 },
    { to_ts: 0 },
    ".to_ts: before from_ts",
  ],
  "m.channel.policy": [
    {
      kind: "text",
      closed: false,
      entries: [
        { target: "@bob:example.com", allow: "1", deny: "0" },
        { target: "everyone", allow: "0", deny: "1" },
      ],
    },
    { entries: [{ target: "everyone", allow: "0", deny: "01" }] },
    ".entries[0].deny: bits in hex",
  ],
};

Deno.test("contents: each fixture is taken, and its change is refused by the field's name", () => {
  for (const [type, [content, change, named]] of Object.entries(FIXTURES)) {
    const kind = kindOf(type) as EventKind;
    assert.equal(contentFault(kind, content), undefined, type);
    assert.equal(readContent(kind, content), content);
    const fault = contentFault(kind, { ...content, ...change });
    assert.ok(fault?.includes(`content${named}`), `${type}: ${fault}`);
    assert.equal(readContent(kind, { ...content, ...change }), undefined);
  }
});

Deno.test("a sealed message tells nothing beside its ciphertext", () => {
  const opaque = { ...MEDIA, type: "application/octet-stream" };
  const good = {
    msgtype: "sealed",
    body: "",
    sealed: SEALED,
    media: [opaque],
    relates_to: { kind: "reply", event_id: SOME_ID },
  };
  const fault = (change: JsonObject) => contentFault(messageKind, { ...good, ...change });
  assert.equal(fault({}), undefined);
  const refused: [JsonObject, string][] = [
    [{ body: "hi" }, ".body: must be empty"],
    [{ msgtype: "text" }, ".sealed: only with msgtype sealed"],
    [
      { mentions: { users: ["@bob:example.com"], everyone: true } },
      ".mentions.everyone: not in a sealed",
    ],
    [{ embeds: [] }, ".embeds: not in a sealed"],
    [{ display: { name: "x" } }, ".display: not in a sealed"],
    [{ hint: "what it says" }, ".hint: not in a sealed"],
    [{ media: [opaque, { ...opaque, name: "plan.pdf" }] }, ".media[1].name: not in a sealed"],
    [{ media: [MEDIA] }, ".media[0].type: application/octet-stream"],
    [{ sealed: { ...SEALED, v: 2 } }, ".sealed.v: an integer"],
    [{ sealed: { ...SEALED, epoch: -1 } }, ".sealed.epoch: an integer"],
    [{ sealed: { ...SEALED, nonce: "A".repeat(21) + "B" } }, ".sealed.nonce: 16 bytes"],
    [{ sealed: { ...SEALED, key: "A=" } }, ".sealed.key: an MLS message"],
    [{ sealed: { ...SEALED, body: "A".repeat(50_000) } }, ".sealed.body: a ciphertext"],
  ];
  for (const [change, named] of refused) {
    assert.ok(fault(change)?.includes(`content${named}`), `${named}: ${fault(change)}`);
  }
  const { sealed: _, ...bare } = good;
  assert.ok(contentFault(messageKind, bare)?.includes(".sealed: missing"));
});

Deno.test("a reaction has an emoji or is sealed, never both", () => {
  const relates_to = { kind: "reaction", event_id: SOME_ID };
  const fault = (content: JsonObject) => contentFault(reactionKind, { relates_to, ...content });
  assert.equal(fault({ key: "👍", uri: MEDIA.uri }), undefined);
  assert.equal(fault({ sealed: SEALED }), undefined);
  assert.ok(fault({})?.includes(".key: text is expected"));
  assert.ok(fault({ key: "👍", sealed: SEALED })?.includes(".key: not in a sealed"));
  assert.ok(fault({ uri: MEDIA.uri, sealed: SEALED })?.includes(".uri: not in a sealed"));
});

Deno.test("lists that must be sorted are", () => {
  const entry = (target: string) => ({ target, allow: "0", deny: "0" });
  const policy = (...targets: string[]) =>
    contentFault(policyKind, { kind: "text", closed: false, entries: targets.map(entry) });
  assert.equal(policy("everyone", "mod"), undefined);
  assert.ok(policy("mod", "everyone"));
  assert.ok(policy("mod", "mod"));
});

Deno.test("the registry: one kind a type, planes, keys and keeping fit together", () => {
  assert.equal(new Set(KINDS.map((kind) => kind.type)).size, KINDS.length);
  for (const type of RESERVED_TYPES) assert.equal(kindOf(type), undefined);
  for (const kind of KINDS) {
    const { type, plane, stateKey, authority } = kind;
    assert.ok(!(plane === "timeline" && stateKey !== "none"), type);
    const rule = keepRuleOf(type, plane === "timeline");
    const effect = type === "m.redaction" || type === "m.purge";
    assert.equal(authority || effect, rule === "all" || rule === "fields", type);
    if (plane === "timeline") assert.equal(rule, "relation", type);
    assert.ok(kind.fields !== "" && kind.right !== "", type);
  }
});

Deno.test("state keys fit their rules", () => {
  const good = { empty: "", user: "@a:b.c", role: "mod", channel: "main", emoji: "party_1" };
  const bad = { empty: "x", user: "a", role: "everyone", channel: "general", emoji: "a" };
  for (const [rule, key] of Object.entries(good) as [keyof typeof good, string][]) {
    assert.ok(fitsStateKey(rule, key), rule);
    assert.ok(!fitsStateKey(rule, bad[rule]), rule);
    assert.ok(!fitsStateKey(rule, undefined), rule);
  }
  assert.ok(fitsStateKey("none", undefined));
  assert.ok(!fitsStateKey("none", ""));
});

Deno.test("a message's bytes are counted, not its characters", () => {
  const message = (body: string) => contentFault(messageKind, { msgtype: "text", body });
  assert.equal(message("x".repeat(16_384)), undefined);
  assert.equal(message("€".repeat(5461)), undefined);
  assert.ok(message("€".repeat(5462)));
});
