import assert from "node:assert/strict";
import { openGuild, TestRoom, user } from "../../tests/state/room.ts";
import { bitsOf, formatBits, type Right } from "../permissions/bits.ts";

const owner = user("owner");
const mod = user("mod");
const bob = user("bob", "two.example");

const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));

Deno.test("a guild begins with create, owner, join, and its tables", () => {
  const room = openGuild(
    { mod: { position: 10, bits: hex("KICK", "BAN") } },
    { everyone: hex("VIEW_CHANNEL", "SEND"), members: [mod, bob] },
  );
  room.add(room.give(owner, mod, ["mod"]));
  const authority = room.authority();
  assert.equal(authority.owner(), owner);
  assert.equal(authority.rank(owner), Infinity);
  assert.equal(authority.rank(mod), 10);
  assert.deepEqual(authority.rolesOf(mod), ["mod"]);
  assert.equal(authority.base(bob, room.ts), bitsOf("VIEW_CHANNEL", "SEND"));
  room.add(room.member(mod, bob, { membership: "leave" }));
  assert.equal(room.authority().isJoined(bob), false);
});

Deno.test("the first owner stands on the create event alone, and only once", () => {
  const room = new TestRoom({ creator: owner });
  const draft = { type: "m.guild.owner", stateKey: "", content: { user: owner } };
  assert.equal(
    room.try({ ...draft, sender: bob, content: { user: bob } }).verdict.ok,
    false,
  );
  room.add({ ...draft, sender: owner });
  const again = room.try({ ...draft, sender: owner });
  assert(!again.verdict.ok);
});
