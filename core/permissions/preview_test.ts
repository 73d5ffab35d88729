import assert from "node:assert/strict";
import { channelId, openGuild, user } from "../../tests/state/room.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import { EVERYONE, type RoleId } from "../ids/role_id.ts";
import type { Authority } from "./authority.ts";
import { bitsOf, formatBits, holds, type Right } from "./bits.ts";
import type { ChannelPolicy, PolicyEntry } from "./channel_policy.ts";
import { explain } from "./explain.ts";
import { previewPolicy, previewRole } from "./preview.ts";
import { saysSo } from "./who_set.ts";

const owner = user("owner");
const mod = user("mod");
const ann = user("ann");
const CHANNEL = channelId(1) as ChannelId;
const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));

function guild() {
  const room = openGuild({ mod: { position: 10, bits: hex("KICK") } }, {
    everyone: hex("VIEW_CHANNEL", "SEND"),
    members: [mod, ann],
  });
  room.add(room.give(owner, mod, ["mod"]));
  const content = { kind: "text", closed: false, entries: [] };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: CHANNEL, content });
  return room;
}

/** The role of the guild above. */
function onlyRole(authority: Authority): RoleId {
  return [...authority.table().roles.keys()][0] as RoleId;
}

function policy(...entries: PolicyEntry[]): ChannelPolicy {
  return {
    kind: "text",
    parent: undefined,
    closed: false,
    entries: new Map(entries.map((entry) => [entry.target, entry])),
  };
}

Deno.test("preview: a denied right is lost by those who had it, never by the owner", () => {
  const authority = guild().authority();
  const deny = bitsOf("SEND");
  const found = previewPolicy(
    authority,
    CHANNEL,
    policy({ target: EVERYONE, allow: 0n, deny }),
  );
  assert.equal(found.members, 2);
  assert.deepEqual(
    found.shifts.map(({ right, lose, gain }) => [right, [...lose].sort(), gain]),
    [["SEND", [ann, mod].sort(), []]],
  );
});

Deno.test("preview: hiding a channel takes every right there; a role's allow wins it back", () => {
  const authority = guild().authority();
  const view = bitsOf("VIEW_CHANNEL");
  const role = onlyRole(authority);
  const found = previewPolicy(
    authority,
    CHANNEL,
    policy({ target: EVERYONE, allow: 0n, deny: view }, { target: role, allow: view, deny: 0n }),
  );
  assert.deepEqual(found.shifts.map(({ right, lose }) => [right, lose]), [
    ["VIEW_CHANNEL", [ann]],
    ["SEND", [ann]],
  ]);
  const same = previewPolicy(authority, CHANNEL, policy());
  assert.deepEqual(same, { members: 0, shifts: [] });
});

Deno.test("preview: bits of a role, and of everyone, across the guild", () => {
  const authority = guild().authority();
  const role = onlyRole(authority);
  const less = previewRole(authority, role, bitsOf("BAN"));
  assert.deepEqual(less.shifts.map(({ right, lose, gain }) => [right, lose, gain]), [
    ["KICK", [mod], []],
    ["BAN", [], [mod]],
  ]);
  const all = previewRole(authority, EVERYONE, bitsOf("VIEW_CHANNEL", "SEND", "KICK"));
  assert.deepEqual(all.shifts.map(({ right, gain }) => [right, gain]), [["KICK", [ann]]]);
});

Deno.test("view as: a role alone sees what its bearers see without entries of their own", () => {
  const room = guild();
  const role = onlyRole(room.authority());
  const view = hex("VIEW_CHANNEL");
  const entries = [
    { target: role, allow: view, deny: "0" },
    { target: "everyone", allow: "0", deny: view },
  ].sort((a, b) => a.target < b.target ? -1 : 1);
  room.add({
    type: "m.channel.policy",
    sender: owner,
    stateKey: CHANNEL,
    content: { kind: "text", closed: false, entries },
  });
  const authority = room.authority();
  assert.equal(authority.rightsOfRoles([], CHANNEL), 0n);
  assert.equal(authority.rightsOfRoles([role], CHANNEL), authority.rights(mod, CHANNEL, 0));
  assert.equal(authority.rightsOfRoles([role]), authority.base(mod, 0));
  assert.equal(authority.rightsOfRoles([role], channelId(9) as ChannelId), 0n);
  assert.ok(!holds(authority.rightsOfRoles([]), "KICK"));
});

Deno.test("who set: the line of the role or entry counts, not the event as a whole", () => {
  const authority = guild().authority();
  const { deciding } = explain(authority, {
    user: ann,
    right: "SEND",
    atTs: 0,
    channelId: CHANNEL,
  });
  assert.equal(deciding.role, EVERYONE);
  const table = (everyone: string) => ({ everyone, roles: {} });
  assert.equal(saysSo(deciding, "SEND", table(hex("SEND", "KICK"))), true);
  assert.equal(saysSo(deciding, "SEND", table(hex("KICK"))), false);
  const entry = { effect: "deny", cause: "entry", entry: EVERYONE } as const;
  const content = (deny: string) => ({
    kind: "text",
    closed: false,
    entries: [{ target: EVERYONE, allow: "0", deny }],
  });
  assert.equal(saysSo(entry, "SEND", content(hex("SEND"))), true);
  assert.equal(saysSo(entry, "SEND", content(hex("KICK"))), false);
  assert.equal(saysSo({ effect: "deny", cause: "not_granted" }, "SEND", table("0")), undefined);
});
