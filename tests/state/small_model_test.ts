import assert from "node:assert/strict";
import type { ControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { resolve } from "../../core/state/resolve.ts";
import { assertNothingLost, print } from "./ingest.ts";
import { NaiveResolver } from "./naive_resolve.ts";
import { type Draft, openGuild, TestRoom, user } from "./room.ts";

/**
 * G8: every history of three users on three levels with up to four acts, two on each of two
 * branches. Whatever happens: both orders agree, the naive resolver agrees, and nobody is
 * moved by an act that was not in its author's rights.
 */

const [A, B, C] = [user("a"), user("b", "two.example"), user("c", "three.example")] as const;
const LEVELS = [[], ["low"], ["high"]] as const;
const BITS = formatBits(bitsOf("KICK", "BAN", "MANAGE_ROLES", "VIEW_CHANNEL"));

type Act = (room: TestRoom) => Draft;

const ACTS: readonly Act[] = [
  (room) => room.member(A, B, { membership: "ban" }),
  (room) => room.member(B, A, { membership: "ban" }),
  (room) => room.give(A, B, []),
  (room) => room.give(B, A, []),
  (room) => room.give(A, C, ["low"]),
  (room) => room.member(C, B, { membership: "leave" }),
];

function begin(levels: readonly [number, number, number]): TestRoom {
  const room = openGuild({
    high: { position: 20, bits: BITS },
    low: { position: 10, bits: BITS },
  }, { members: [A, B, C] });
  [A, B, C].forEach((who, at) => {
    room.add(room.give(user("owner"), who, [...LEVELS[levels[at] as number] ?? []]));
  });
  return room;
}

/** Every branch of up to two acts that its own state allows; the empty one first. */
function branches(room: TestRoom, skew: number): EventId[][] {
  const fork = room.heads as EventId[];
  const found: EventId[][] = [fork];
  const grow = (prev: EventId[], depth: number) => {
    for (const act of ACTS) {
      const ts = room.ts + 1 + depth + skew;
      const { event, verdict } = room.try({ ...act(room), prev, ts });
      if (!verdict.ok) continue;
      found.push([event.id]);
      if (depth < 1) grow([event.id], depth + 1);
    }
  };
  grow(fork, 0);
  room.heads = fork;
  return found;
}

/** What must hold of any resolved state: who is out was put out by somebody above, at the time. */
function checkRights(room: TestRoom, state: TestRoom["state"]): void {
  for (const who of [A, B, C] as UserId[]) {
    const event = state.get("m.room.member", who) as ControlEvent;
    if (event.pdu.sender === who) continue;
    const cited = new Authority(room.stateAfter(event.pdu.prev_events), room.facts);
    assert(cited.rank(event.pdu.sender) > cited.rank(who));
  }
}

Deno.test("G8: small model, 3 users, 3 levels, up to 4 acts on two branches, exhaustively", () => {
  let cases = 0;
  for (let code = 0; code < 27; code++) {
    const levels = [code % 3, Math.floor(code / 3) % 3, Math.floor(code / 9)] as const;
    const room = begin(levels);
    // The second branch is dated back, as a hostile server would.
    const [left, right] = [branches(room, 0), branches(room, -1_000_000)];
    const naive = new NaiveResolver(room.events, room.facts);
    for (const [at, a] of left.entries()) {
      for (const [other, b] of right.entries()) {
        const states = [room.stateAfter(a), room.stateAfter(b)];
        const resolution = resolve(states, { graph: room.graph });
        const mirrored = resolve([...states].reverse(), { graph: room.graph });
        assert(resolution.kind === "resolved" && mirrored.kind === "resolved");
        assert.equal(print(resolution.state), print(mirrored.state));
        checkRights(room, resolution.state);
        assertNothingLost(states, resolution.state);
        cases++;
        if ((at + other) % 3 > 0) continue;
        const plain = naive.resolve(states.map((state) => new Map(state.entries())));
        const printed = [...plain].map(([key, { id }]) => `${key} ${id}`).sort().join("\n");
        assert.equal(print(resolution.state), printed, `levels ${levels}`);
      }
    }
  }
  assert(cases > 1_500, `${cases} cases`);
});
