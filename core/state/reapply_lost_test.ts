import assert from "node:assert/strict";
import { channelId, openGuild, type TestRoom, user } from "../../tests/state/room.ts";
import type { ControlEvent } from "../event/event.ts";
import type { JsonObject } from "../event/json.ts";
import { bitsOf, formatBits, type Right } from "../permissions/bits.ts";
import { reapplyLost } from "./reapply_lost.ts";

const owner = user("owner");
const admin = user("admin");
const mod = user("mod");
const ann = user("ann");
const hex = (...rights: Right[]) => formatBits(bitsOf(...rights));
const POWERS = hex(
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "KICK",
  "BAN",
  "SEND",
  "VIEW_CHANNEL",
  "MANAGE_GUILD",
);
const EVERYONE = hex("VIEW_CHANNEL");

function guild(): TestRoom {
  const room = openGuild({
    admin: { position: 50, bits: POWERS },
    mod: { position: 10, bits: POWERS },
    low: { position: 1, bits: "0" },
  }, { everyone: EVERYONE, members: [admin, mod, ann] });
  room.add(room.give(owner, admin, ["admin"]));
  room.add(room.give(owner, mod, ["mod"]));
  return room;
}

/** What the server of `lost` sends after merging it with `won`. */
function again(room: TestRoom, lost: ControlEvent, won: ControlEvent) {
  const resolved = room.authority(room.stateAfter([lost.id, won.id]));
  return reapplyLost({
    lost,
    before: room.stateAfter(lost.pdu.prev_events),
    resolved,
    heads: [lost.id, won.id],
    nowMs: room.ts + 1,
  });
}

function contentOf(draft: { content: JsonObject } | undefined): JsonObject | undefined {
  return draft?.content;
}

Deno.test("lost merge: a role made on the losing side is added to the winning table", () => {
  const room = guild();
  const fork = room.heads;
  const roles = (extra: JsonObject) => ({
    admin: { position: 50, bits: POWERS },
    mod: { position: 10, bits: POWERS },
    low: { position: 1, bits: "0" },
    ...extra,
  });
  const lost = room.add(
    room.roles(owner, EVERYONE, roles({ constructor: { position: 3, bits: "0" } }), {
      prev: fork,
      ts: room.ts + 1,
    }),
  );
  const won = room.add(
    room.roles(owner, hex("VIEW_CHANNEL", "SEND"), roles({ low: { position: 2, bits: "0" } }), {
      prev: fork,
      ts: room.ts + 2,
    }),
  );
  // Of two concurrent tables of one author the later replaces the earlier.
  assert.deepEqual(contentOf(again(room, lost, won)), {
    everyone: hex("VIEW_CHANNEL", "SEND"),
    roles: roles({ low: { position: 2, bits: "0" }, constructor: { position: 3, bits: "0" } }),
  });
  assert.equal(again(room, won, lost), undefined, "what won is not sent again");
});

Deno.test("lost merge: roles given and taken, over the resolved list", () => {
  const room = guild();
  const fork = room.heads;
  const lost = room.add(room.give(owner, ann, ["low"], { prev: fork }));
  const won = room.add(room.give(owner, ann, ["mod"], { prev: fork }));
  assert.deepEqual(contentOf(again(room, lost, won)), { roles: ["low", "mod"] });
});

Deno.test("lost merge: entries of a channel, over the resolved policy", () => {
  const room = guild();
  const policy = (entries: JsonObject[], prev: ControlEvent["pdu"]["prev_events"], kind = "text") =>
    room.add({
      type: "m.channel.policy",
      sender: owner,
      stateKey: channelId(1) as string,
      content: { kind, closed: false, entries },
      prev,
    });
  const entry = (target: string, deny: Right) => ({ target, allow: "0", deny: hex(deny) });
  const base = policy([entry("everyone", "SEND")], room.heads);
  const lost = policy([entry("everyone", "SEND"), entry("low", "PIN")], [base.id]);
  const won = policy([entry("everyone", "EMBED")], [base.id], "voice");
  assert.deepEqual(contentOf(again(room, lost, won)), {
    kind: "voice",
    closed: false,
    entries: [entry("everyone", "EMBED"), entry("low", "PIN")],
  });
});

Deno.test("lost merge: a lost leave is always sent again; a lost kick only with the right", () => {
  const room = guild();
  const fork = room.heads;
  const leave = room.add(
    room.member(ann, ann, { membership: "leave" }, { prev: fork, ts: room.ts + 1 }),
  );
  const invite = room.add(
    room.member(owner, ann, { membership: "leave" }, { prev: fork, ts: room.ts + 9 }),
  );
  const back = room.add(room.member(ann, ann, { membership: "join" }, { prev: [invite.id] }));
  const resolved = room.authority(room.stateAfter([leave.id, back.id]));
  if (resolved.isJoined(ann)) {
    assert.deepEqual(contentOf(again(room, leave, back)), { membership: "leave" });
  } else assert.equal(again(room, leave, back), undefined);

  const other = guild();
  const at = other.heads;
  const kick = other.add(other.member(mod, ann, { membership: "leave" }, { prev: at }));
  const demote = other.add(other.give(admin, mod, [], { prev: at }));
  assert.equal(other.authority(other.stateAfter([kick.id, demote.id])).isJoined(ann), true);
  assert.equal(again(other, kick, demote), undefined, "mod may no longer kick");
});

Deno.test("lost merge: fields of a cosmetic event", () => {
  const room = guild();
  const meta = (content: JsonObject, prev: ControlEvent["pdu"]["prev_events"]) =>
    room.add({ type: "m.guild.meta", sender: owner, stateKey: "", content, prev });
  const base = meta({ name: "a", description: "d" }, room.heads);
  const lost = meta({ name: "b" }, [base.id]);
  const won = meta({ name: "a", description: "d", icon: "mxc://x/y" }, [base.id]);
  assert.deepEqual(contentOf(again(room, lost, won)), { name: "b", icon: "mxc://x/y" });
});
