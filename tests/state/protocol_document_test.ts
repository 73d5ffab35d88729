import assert from "node:assert/strict";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoleId } from "../../core/ids/role_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { resolve } from "../../core/state/resolve.ts";
import { sortPowerEvents } from "../../core/state/power_order.ts";
import { channelId, type Draft, openGuild, T0, TestRoom, user } from "./room.ts";

/** The worked examples of PROTOCOL.md 4 and 7, recomputed. */

const document = await Deno.readTextFile(new URL("../../docs/PROTOCOL.md", import.meta.url));

function example<Shape>(name: string): Shape {
  const at = document.indexOf(`<!-- example ${name} -->`);
  assert(at >= 0, `PROTOCOL.md has no example "${name}"`);
  const from = document.indexOf("```json\n", at) + "```json\n".length;
  return JSON.parse(document.slice(from, document.indexOf("\n```", from)));
}

interface RightsExample {
  readonly owner: UserId;
  readonly roles: { readonly everyone: string; readonly roles: JsonObject };
  readonly members: Record<UserId, string[]>;
  readonly timeouts: Record<UserId, number>;
  readonly entries: JsonObject[];
  readonly answers: readonly {
    readonly user: UserId;
    readonly at: number;
    readonly rank: number;
    readonly base: string;
    readonly rights: string;
  }[];
}

Deno.test("PROTOCOL.md 4: ranks, base and rights of the example are as it says", () => {
  const given = example<RightsExample>("rights");
  const { owner } = given;
  const room = new TestRoom({ creator: owner });
  room.add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  room.join(owner);
  room.add(room.roles(owner, given.roles.everyone, given.roles.roles));
  room.add({ type: "m.room.join_rules", sender: owner, stateKey: "", content: { rule: "public" } });
  for (const [member, roles] of Object.entries(given.members) as [UserId, RoleId[]][]) {
    if (member !== owner) room.join(member);
    room.add(room.give(owner, member, roles));
  }
  for (const [member, until] of Object.entries(given.timeouts)) {
    room.add({ type: "m.room.timeout", sender: owner, stateKey: member, content: { until } });
  }
  const channel = channelId(1) as ChannelId;
  const content = { kind: "text", closed: false, entries: given.entries };
  room.add({ type: "m.channel.policy", sender: owner, stateKey: channel, content });
  const authority = room.authority();
  assert(given.answers.length >= 4);
  for (const answer of given.answers) {
    const { user, at } = answer;
    const computed = {
      user,
      at,
      rank: authority.rank(user),
      base: formatBits(authority.base(user, at)),
      rights: formatBits(authority.rights(user, channel, at)),
    };
    assert.deepEqual(computed, answer);
  }
});

interface ResolutionExample {
  readonly graph: readonly {
    readonly name: string;
    readonly prev: readonly string[];
    readonly sender: string;
    readonly does: { readonly ban?: string; readonly give?: readonly [string, string] };
  }[];
  readonly resolve: readonly string[];
  readonly order: readonly string[];
  readonly result: Readonly<Record<string, string | readonly string[]>>;
}

function draftOf(room: TestRoom, step: ResolutionExample["graph"][number]): Draft {
  const sender = user(step.sender);
  if (step.does.ban !== undefined) {
    return room.member(sender, user(step.does.ban), { membership: "ban" });
  }
  assert(step.does.give !== undefined);
  return room.give(sender, user(step.does.give[0]), [step.does.give[1]]);
}

for (const late of [false, true]) {
  Deno.test(`PROTOCOL.md 7: the resolution of the example is as it says${late ? ", however ben dates" : ""}`, () => {
    const given = example<ResolutionExample>("resolution");
    const [ann, ben, cat, dan] = [user("ann"), user("ben"), user("cat"), user("dan")] as const;
    const bits = formatBits(bitsOf("BAN", "MANAGE_ROLES"));
    const room = openGuild({
      high: { position: 20, bits },
      mid: { position: 10, bits },
      low: { position: 5, bits: "0" },
    }, { members: [ann, ben, cat, dan] });
    room.add(room.give(user("owner"), ann, ["high"]));
    room.add(room.give(user("owner"), ben, ["mid"]));
    const ids = new Map<string, EventId>([["fork", room.heads[0] as EventId]]);
    for (const step of given.graph) {
      const prev = step.prev.map((name) => ids.get(name) as EventId);
      const ts = step.sender === "ben" && late ? T0 : ++room.ts;
      ids.set(step.name, room.add({ ...draftOf(room, step), prev, ts }).id);
    }
    const states = given.resolve.map((name) => room.stateAfter([ids.get(name) as EventId]));
    const resolution = resolve(states, { graph: room.graph });
    assert(resolution.kind === "resolved");
    const power = new Map(given.order.map((name) => {
      const event = room.events.get(ids.get(name) as EventId);
      assert(event !== undefined);
      return [event.id, event];
    }));
    const sorted = sortPowerEvents(power, room.graph).map(({ id }) => id);
    // Dated back, ben's two events have the eff_ts of their authority: the hash alone orders them.
    const certain = late ? 1 : sorted.length;
    assert.deepEqual(
      sorted.slice(0, certain),
      given.order.slice(0, certain).map((name) => ids.get(name)),
    );
    const authority = new Authority(resolution.state, room.facts);
    assert.deepEqual({
      ben: authority.membership(ben),
      dan: authority.membership(dan),
      "cat roles": authority.rolesOf(cat),
    }, given.result);
  });
}
