import { authorise } from "../../core/auth/authorise.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { judgeCurrent } from "../../core/auth/judge_current.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
} from "../../core/event/event.ts";
import { eventHash } from "../../core/event/hash.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { print } from "../state/ingest.ts";
import type { Founding } from "./founding.ts";
import type { Network } from "./network.ts";
import { disagreements } from "./oracle.ts";
import type { Holdings, SimServer } from "./sim_server.ts";
import type { World } from "./world.ts";

/** What must hold. */
export type CheckName =
  | "fault"
  | "unequal state"
  | "unequal timelines"
  | "acknowledged lost"
  | "missing at a server"
  | "leak"
  | "unauthorised state"
  | "wrong id"
  | "still waiting"
  | "banned shown"
  | "second reading"
  | "state key lost";

export interface Failure {
  readonly check: CheckName;
  readonly detail: string;
}

interface Acknowledged {
  readonly event: HeldEvent;
  readonly by: SimServer;
}

/** Watches a history, and compares the servers at its end. */
export class Checks {
  readonly failures: Failure[] = [];
  readonly #world: World;
  readonly #founding: Founding;
  readonly #honest: readonly SimServer[];
  readonly #byName: ReadonlyMap<ServerName, SimServer>;
  readonly #acknowledged: Acknowledged[] = [];
  /** `channel server`: at some time somebody held that nobody of the server may read there. */
  readonly #everHidden = new Set<string>();

  constructor(parts: {
    readonly world: World;
    readonly network: Network;
    readonly founding: Founding;
    readonly honest: readonly SimServer[];
  }) {
    this.#world = parts.world;
    this.#founding = parts.founding;
    this.#honest = parts.honest;
    this.#byName = new Map(parts.honest.map((server) => [server.name, server]));
    parts.network.taps.push((message) => this.#overhear(message));
  }

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  acknowledge(by: SimServer, event: HeldEvent): void {
    this.#acknowledged.push({ event, by });
    if (isControlEvent(event)) this.#noteHidden(by.holdings().authority);
  }

  #fail(check: CheckName, detail: string): void {
    this.failures.push({ check, detail });
  }

  /** Servers with somebody in the room, as all of them see it: only these owe each other anything. */
  #present(): readonly SimServer[] {
    const views = this.#honest.map((server) => server.holdings().authority);
    return this.#honest.filter(({ name }) =>
      views.every((authority) =>
        authority.joinedServers().has(name) && isServerAllowed(authority.view, name)
      )
    );
  }

  /** What honest servers said; what a hostile one makes up may wait for ever, within bounds. */
  #waitingAt(server: SimServer): readonly HeldEvent[] {
    const { waiting } = server.holdings();
    return this.#acknowledged.map(({ event }) => event).filter(({ id }) => waiting.has(id));
  }

  #noteHidden(authority: Authority): void {
    for (const channelId of this.#founding.channels) {
      const viewing = authority.viewingServers(channelId);
      for (const { name } of this.#founding.servers) {
        if (!viewing.has(name)) this.#everHidden.add(`${channelId} ${name}`);
      }
    }
  }

  /** I4: whatever goes over the network may be seen by the one it goes to, as its sender knows it. */
  #overhear(message: Parameters<Network["taps"][number]>[0]): void {
    const { from, to, operation, request, answer } = message;
    const pushed = answer === undefined && operation.id === sendTransaction.id;
    const giver = pushed ? from : answer === undefined ? undefined : to;
    const taker = pushed ? to : from;
    const server = giver === undefined ? undefined : this.#byName.get(giver);
    if (server === undefined || !server.up) return;
    const pdus = ((pushed ? request : answer) as { pdus?: readonly JsonValue[] }).pdus ?? [];
    if (pdus.length === 0) return;
    const { authority } = server.holdings();
    this.#noteHidden(authority);
    for (const pdu of pdus) {
      const parsed = parsePduValue(pdu);
      if (parsed.kind === "drop" || !isTimelineEvent(parsed.event)) continue;
      const { channel_id: channelId } = parsed.event.pdu;
      if (authority.viewingServers(channelId).has(taker)) continue;
      const what = `${operation.id}: ${parsed.event.pdu.type} of ${channelId}`;
      this.#fail("leak", `${giver} gave ${taker} ${what}, which nobody there may read`);
    }
  }

  /** Whether all present servers hold the same state and nothing is on its way. */
  areEqual(): boolean {
    const present = this.#present();
    const prints = new Set(present.map((server) => print(server.holdings().state)));
    return prints.size <= 1 && present.every((server) => this.#waitingAt(server).length === 0) &&
      this.#missing(present).length === 0;
  }

  /** The second implementation of the rules judges all that one server holds. Slow. */
  readAgain(): void {
    for (const server of this.#present().slice(0, 1)) {
      const { kept, authority } = server.holdings();
      for (const what of disagreements(kept, authority.room)) {
        this.#fail("second reading", `${server.name}: ${what}`);
      }
    }
  }

  /** How often events ended in each way, of everybody. */
  outcomes(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const server of this.#honest) {
      for (const { outcome } of server.holdings().kept.values()) {
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
    }
    return counts;
  }

  atTheEnd(): void {
    for (const fault of this.#world.faults) {
      this.#fail("fault", fault instanceof Error ? fault.stack ?? fault.message : String(fault));
    }
    const present = this.#present();
    this.#checkStates(present);
    this.#checkKept();
    for (const { name, shownWhileBanned } of this.#honest) {
      for (const what of shownWhileBanned) this.#fail("banned shown", `${name}: ${what}`);
    }
    for (const detail of this.#missing(present)) this.#fail("missing at a server", detail);
    for (const server of present) {
      const waiting = this.#waitingAt(server);
      if (waiting.length > 0) {
        this.#fail("still waiting", `${server.name}: ${waiting.length} events`);
      }
    }
  }

  #checkStates(present: readonly SimServer[]): void {
    const [first, ...others] = present.map((server) => ({ server, at: server.holdings() }));
    if (first === undefined) return;
    for (const other of others) {
      const differing = [...first.at.state.differing(other.at.state)];
      if (differing.length > 0) {
        const where = differing.slice(0, 3).map(([type, key]) => `${type} ${key}`).join(", ");
        this.#fail("unequal state", `${first.server.name} and ${other.server.name}: ${where}`);
      }
      this.#compareTimelines(first, other);
    }
    for (const [type, key] of this.#foundedAddresses()) {
      if (first.at.state.get(type, key) === undefined) {
        this.#fail("state key lost", `${type} ${key}`);
      }
    }
    for (const { at, server } of [first, ...others]) this.#checkEntries(server, at);
  }

  #foundedAddresses(): readonly (readonly [string, string])[] {
    return this.#founding.events.map(({ pdu }) => [pdu.type, pdu.state_key ?? ""]);
  }

  /** Of events that both hold and that may stand now: the same, in the same order. */
  #compareTimelines(
    a: { readonly server: SimServer; readonly at: Holdings },
    b: { readonly server: SimServer; readonly at: Holdings },
  ): void {
    for (const channelId of this.#founding.channels) {
      const shown = ({ at }: typeof a, other: typeof a) =>
        at.timeline(channelId).filter((event) =>
          other.at.kept.has(event.id) && this.#standsNow(event, at)
        ).map(({ id }) => id);
      const mine = shown(a, b);
      const theirs = shown(b, a);
      // Places follow from parents: where one of them lacks a parent, sets alone are compared.
      if (this.#lacksParent(a.at, channelId) || this.#lacksParent(b.at, channelId)) {
        mine.sort();
        theirs.sort();
      }
      const at = mine.findIndex((id, index) => id !== theirs[index]);
      if (at < 0 && mine.length === theirs.length) continue;
      const where = at < 0 ? mine.length : at;
      const what = `${mine.length} and ${theirs.length} events, the first difference at ${where}`;
      this.#fail("unequal timelines", `${a.server.name} and ${b.server.name}: ${what}`);
    }
  }

  #lacksParent({ kept, timeline }: Holdings, channelId: ChannelId): boolean {
    return timeline(channelId).some(({ pdu }) => pdu.prev_events.some((id) => !kept.has(id)));
  }

  /** I3 and I5: each entry passes the rules on what it cites, and is what its id says. */
  #checkEntries(server: SimServer, { state, kept, authority }: Holdings): void {
    for (const event of state.events()) {
      if (eventIdFromHash(eventHash(event.pdu)) !== event.id) this.#fail("wrong id", event.id);
      const cited = event.pdu.auth_events.map((id) => kept.get(id)?.event);
      const own = StateMap.from(
        cited.filter((each): each is ControlEvent => each !== undefined && isControlEvent(each)),
      );
      const verdict = event.pdu.type === "m.room.create"
        ? { ok: true } as const
        : authorise(event.pdu, new Authority(own, authority.room));
      if (verdict.ok) continue;
      const what = `${event.pdu.type} ${event.pdu.state_key}: ${verdict.reason}`;
      this.#fail("unauthorised state", `${server.name}: ${what}`);
    }
  }

  /** I1: what a server acknowledged it still holds, accepted or, where its room judged otherwise later, not. */
  #checkKept(): void {
    for (const { event, by } of this.#acknowledged) {
      const kept = by.holdings().kept.get(event.id);
      if (kept?.outcome === "accepted") continue;
      const how = kept === undefined ? "gone" : kept.outcome;
      this.#fail("acknowledged lost", `${by.name}: ${event.pdu.type} ${event.id} is ${how}`);
    }
  }

  /** Acknowledged events that a server should hold and does not, or holds as what they are not. */
  #missing(present: readonly SimServer[]): string[] {
    const missing: string[] = [];
    const views = present.map((server) => ({ server, at: server.holdings() }));
    const ends = new Map(views.map(({ server, at }) => [server, endsOf(at)]));
    for (const { event, by } of this.#acknowledged) {
      if (!present.includes(by)) continue;
      const isEnd = ends.get(by)?.(event) === true;
      for (const { server, at } of views) {
        if (this.#mayLack(server.name, event, isEnd ? views : [])) continue;
        const kept = at.kept.get(event.id);
        const is = kept === undefined
          ? "missing"
          : kept.outcome === "accepted" || !this.#standsNow(event, at)
          ? undefined
          : `${kept.outcome} (${kept.reason ?? "no reason"})`;
        if (is !== undefined) {
          missing.push(`${event.pdu.type} ${event.id} of ${by.name} is ${is} at ${server.name}`);
        }
      }
    }
    return missing;
  }

  /**
   * What was said in a channel that was hidden from a server at some time: nothing here asks for
   * what is missing between messages. But the ends of what its server holds are owed by now, where
   * everybody agrees that somebody may read them there.
   */
  #mayLack(
    server: ServerName,
    event: HeldEvent,
    owing: readonly { readonly at: Holdings }[],
  ): boolean {
    if (!isTimelineEvent(event)) return false;
    const { channel_id: channelId } = event.pdu;
    if (!this.#everHidden.has(`${channelId} ${server}`)) return false;
    return owing.length === 0 ||
      owing.some(({ at }) => !at.authority.viewingServers(channelId).has(server));
  }

  /** Whether an event passes step 6 at this moment: what does must be shown by everybody. */
  #standsNow(event: HeldEvent, { authority, kept }: Holdings): boolean {
    if (!isTimelineEvent(event)) return false;
    const cited = event.pdu.state_refs.map((id) => kept.get(id)?.event);
    if (cited.some((each) => each === undefined)) return false;
    return judgeCurrent(event, {
      current: authority,
      // Only who left of their own will is judged on what was before; they are not held to this.
      stateBefore: { get: () => undefined },
      nowMs: this.#world.nowMs,
    }).ok;
  }

  /** A fingerprint of everything that everybody holds. */
  print(): string {
    return this.#honest.map((server) => {
      const { state, kept } = server.holdings();
      const all = [...kept.values()].map(({ event, outcome, order }) =>
        `${event.id} ${outcome} ${order ?? ""}`
      ).sort();
      return [server.name, print(state), ...all].join("\n");
    }).join("\n\n");
  }
}

/** Whether nothing accepted that a server holds descends from an event. */
function endsOf({ kept }: Holdings): (event: HeldEvent) => boolean {
  const passed = new Set<EventId>();
  for (const { event, outcome } of kept.values()) {
    if (outcome === "accepted") { for (const id of event.pdu.prev_events) passed.add(id); }
  }
  return ({ id }) => !passed.has(id);
}
