import assert from "node:assert/strict";
import type { UserId } from "../../../core/ids/user_id.ts";
import { groupChanges, type ToldEvent } from "./group_changes.ts";

const user = (name: string) => `@${name}:garden.test` as UserId;
let count = 0;

function member(ts: number, by: string, membership: string, who = by): ToldEvent {
  return {
    eventId: `$${++count}`,
    type: "m.room.member",
    stateKey: user(who),
    sender: user(by),
    originTs: ts,
    content: { membership },
  };
}

function other(ts: number, type: string, content: ToldEvent["content"], by = "ann"): ToldEvent {
  return { eventId: `$${++count}`, type, stateKey: "", sender: user(by), originTs: ts, content };
}

/** A conversation that ann begins with bob, who is let in, and cat, who is asked. */
const BEGUN = [
  other(1000, "m.room.create", {}),
  other(1000, "m.guild.owner", { user: user("ann") }),
  member(1000, "ann", "join"),
  other(1000, "m.guild.meta", { name: "Tea" }),
  member(1000, "ann", "invite", "bob"),
  member(1000, "bob", "join"),
  member(1000, "ann", "invite", "cat"),
];

function told(events: readonly ToldEvent[], reader = "ann", joinedOnly = true): string[] {
  const local = (id: string | null) => id?.slice(1, id.indexOf(":")) ?? "-";
  return groupChanges(events, { userId: user(reader), joinedOnly })
    .map(({ ts, kind, by, user, name }) =>
      [ts, local(by), kind, local(user), ...(kind === "renamed" ? [name] : [])].join(" ")
    );
}

Deno.test("what a conversation begins with is no change of it", () => {
  assert.deepEqual(told(BEGUN), []);
  assert.deepEqual(told([...BEGUN, member(1900, "cat", "join")]), [], "let in at once");
  assert.deepEqual(told([...BEGUN, member(90_000, "cat", "join")]), ["90000 cat joined cat"]);
});

Deno.test("who is asked and let in at once has one line", () => {
  const added = [...BEGUN, member(50_000, "bob", "invite", "dan"), member(50_000, "dan", "join")];
  assert.deepEqual(told(added), ["50000 bob added dan"]);
  const asked = [...BEGUN, member(50_000, "bob", "invite", "dan"), member(99_000, "dan", "join")];
  assert.deepEqual(told(asked), ["50000 bob invited dan", "99000 dan joined dan"]);
});

Deno.test("who goes, and who is sent away; an invite that is not open any more is nobody's matter", () => {
  assert.deepEqual(
    told([
      ...BEGUN,
      member(2000, "cat", "leave"),
      member(3000, "ann", "invite", "dan"),
      member(4000, "ann", "leave", "dan"),
      member(5000, "ann", "leave", "bob"),
      other(6000, "m.guild.owner", { user: user("bob") }),
      member(7000, "ann", "leave"),
    ]),
    ["3000 ann invited dan", "5000 ann removed bob", "6000 ann owner bob", "7000 ann left ann"],
  );
});

Deno.test("a new name and a new picture each have a line; what was redacted has none", () => {
  const changes = [
    other(2000, "m.guild.meta", { name: "Tea", icon: "mxc://garden.test/a" }, "bob"),
    other(3000, "m.guild.meta", { name: "Coffee", icon: "mxc://garden.test/a" }),
    other(4000, "m.guild.meta", undefined),
    other(5000, "m.guild.meta", { name: "Coffee", icon: "mxc://garden.test/a" }),
    other(6000, "m.guild.meta", { icon: "mxc://garden.test/a" }),
  ];
  assert.deepEqual(told([...BEGUN, ...changes]), [
    "2000 bob pictured -",
    "3000 ann renamed - Coffee",
    "6000 ann renamed - ",
  ]);
});

Deno.test("who comes later is told of their own time alone, unless the past is shared", () => {
  const events = [
    ...BEGUN,
    member(2000, "bob", "leave"),
    member(3000, "ann", "invite", "eve"),
    member(3000, "eve", "join"),
    other(4000, "m.guild.meta", { name: "Coffee" }),
    member(5000, "eve", "leave"),
    other(6000, "m.guild.meta", { name: "Milk" }),
  ];
  const own = ["3000 ann added eve", "4000 ann renamed - Coffee", "5000 eve left eve"];
  assert.deepEqual(told(events, "eve"), own);
  assert.deepEqual(told(events, "eve", false), [
    "2000 bob left bob",
    ...own,
    "6000 ann renamed - Milk",
  ]);
});

Deno.test("where the beginning is not held, the first name is no change", () => {
  const later = [
    member(2000, "bob", "leave"),
    other(3000, "m.guild.meta", { name: "Tea" }),
    other(4000, "m.guild.meta", { name: "Milk" }),
  ];
  for (const joinedOnly of [true, false]) {
    assert.deepEqual(told(later, "ann", joinedOnly), [
      "2000 bob left bob",
      "4000 ann renamed - Milk",
    ]);
  }
});
