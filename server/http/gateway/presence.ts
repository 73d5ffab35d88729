import type { Presence } from "../../../core/api/user.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Bus } from "../../../core/ports/bus.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { dispatchFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";

/** Presence as others see it. */
export type Shown = "online" | "idle" | "dnd" | "offline";

const SUBJECT = "og.presence";
/** In the place of a process: the user's own server. */
const FROM_SERVER = "server";
const SHOWN: readonly string[] = ["online", "idle", "dnd", "offline"];

interface Local {
  connections: number;
  chosen: Presence;
}

interface Elsewhere {
  readonly shown: Shown;
  readonly untilMs: number;
}

/** Somebody is here without a connection, until a time of the monotonic clock. */
interface Visit {
  untilMs: number;
  readonly ended: AbortController;
}

export interface PresencesOptions {
  /** Name of this process among those that share the bus. */
  readonly processId: string;
  /** A user who comes back within this time was never seen to go. */
  readonly graceMs: number;
  /** How often a process repeats what it knows; others forget it after three times as long. */
  readonly repeatMs: number;
  /** Most users of other processes remembered. */
  readonly elsewhereCount: number;
}

/**
 * Who is there: by connected sessions and by choice. In memory and sparse (who is offline
 * takes no place); processes tell each other over the bus, and forget a process that fell silent.
 */
export class Presences {
  readonly #local = new Map<string, Local>();
  /** User -> process -> what that process shows. */
  readonly #elsewhere = new Map<string, Map<string, Elsewhere>>();
  readonly #told = new Map<string, Shown>();
  readonly #visits = new Map<string, Visit>();
  /** Servers that cannot be reached: what they said last is not known to be so any more. */
  #away: ReadonlySet<string> = new Set();
  readonly #deps: { hub: Hub; bus: Bus; clock: Clock };
  readonly #options: PresencesOptions;
  readonly #stopping = new AbortController();
  readonly #unsubscribe: () => void;
  #ownListener: (userId: string) => void = () => {};

  constructor(deps: { hub: Hub; bus: Bus; clock: Clock }, options: PresencesOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#unsubscribe = deps.bus.subscribe(SUBJECT, (payload) => this.#hear(payload));
    void this.#repeat();
  }

  /** What everybody else sees. */
  of(userId: string): Shown {
    const local = this.#local.get(userId);
    let best: Shown = local === undefined || local.chosen === "invisible"
      ? "offline"
      : local.chosen;
    const now = this.#deps.clock.monotonic();
    for (const [process, held] of this.#elsewhere.get(userId) ?? []) {
      if (process === FROM_SERVER && this.#away.has(serverOf(userId as UserId))) continue;
      if (held.untilMs > now) best = stronger(best, held.shown);
    }
    return best;
  }

  /** Those of `userIds` who are there. */
  among(userIds: Iterable<string>): Record<string, Exclude<Shown, "offline">> {
    const found: Record<string, Exclude<Shown, "offline">> = {};
    for (const userId of userIds) {
      const shown = this.of(userId);
      if (shown !== "offline") found[userId] = shown;
    }
    return found;
  }

  connect(userId: string, chosen: Presence): void {
    const local = this.#local.get(userId);
    // Someone who is connected was not offline by choice.
    const next = chosen === "offline" ? "online" : chosen;
    if (local === undefined) this.#local.set(userId, { connections: 1, chosen: next });
    else local.connections++;
    this.#tell(userId);
  }

  disconnect(userId: string): void {
    const local = this.#local.get(userId);
    if (local === undefined) return;
    local.connections--;
    if (local.connections === 0) void this.#forgetLater(userId, local);
  }

  /** Without a connection, as on a page of settings: as if there were one for so long. */
  visit(userId: string, chosen: Presence, forMs: number): void {
    const untilMs = this.#deps.clock.monotonic() + forMs;
    const held = this.#visits.get(userId);
    if (held !== undefined) {
      held.untilMs = untilMs;
      return;
    }
    const visit = { untilMs, ended: new AbortController() };
    this.#visits.set(userId, visit);
    this.connect(userId, chosen);
    void this.#endVisit(userId, visit);
  }

  /** Whoever was signed out is not on any page. */
  endVisit(userId: string): void {
    this.#visits.get(userId)?.ended.abort();
  }

  choose(userId: string, chosen: Presence): void {
    const local = this.#local.get(userId);
    if (local === undefined) return;
    local.chosen = chosen === "offline" ? "invisible" : chosen;
    this.#tell(userId);
  }

  /** A user of another server, as that server says; shown on every process for so long. */
  hearFromServer(userId: string, shown: Shown, forMs: number): void {
    const told = [FROM_SERVER, userId, shown, forMs];
    this.#deps.bus.publish(SUBJECT, new TextEncoder().encode(JSON.stringify(told)));
  }

  /**
   * The servers that cannot be reached now: their people are shown as not there, and as before when
   * they are reached again.
   */
  setAway(servers: ReadonlySet<string>): void {
    const former = this.#away;
    this.#away = servers;
    if (former.size === 0 && servers.size === 0) return;
    for (const [userId, processes] of this.#elsewhere) {
      const server = serverOf(userId as UserId);
      if (processes.has(FROM_SERVER) && former.has(server) !== servers.has(server)) {
        this.#show(userId);
      }
    }
  }

  /** Hears of users of this process, whose presence may look different now. */
  watchOwn(listener: (userId: string) => void): void {
    this.#ownListener = listener;
  }

  stop(): void {
    this.#stopping.abort();
    this.#unsubscribe();
    for (const userId of this.#local.keys()) this.#publish(userId, "offline");
  }

  async #endVisit(userId: string, visit: Visit): Promise<void> {
    const { clock } = this.#deps;
    const signal = AbortSignal.any([this.#stopping.signal, visit.ended.signal]);
    try {
      while (visit.untilMs > clock.monotonic()) {
        await clock.sleep(visit.untilMs - clock.monotonic(), signal);
      }
    } catch {
      // Signed out, or the process stops.
    }
    this.#visits.delete(userId);
    if (!this.#stopping.signal.aborted) this.disconnect(userId);
  }

  async #forgetLater(userId: string, local: Local): Promise<void> {
    try {
      await this.#deps.clock.sleep(this.#options.graceMs, this.#stopping.signal);
    } catch {
      return; // Stopping: the last words are said in `stop`.
    }
    if (local.connections > 0 || this.#local.get(userId) !== local) return;
    this.#local.delete(userId);
    this.#tell(userId);
  }

  /** Says what changed to those who watch here, and to the other processes. */
  #tell(userId: string): void {
    const local = this.#local.get(userId);
    this.#publish(
      userId,
      local === undefined || local.chosen === "invisible" ? "offline" : local.chosen,
    );
    this.#show(userId);
    this.#ownListener(userId);
  }

  #show(userId: string): void {
    const shown = this.of(userId);
    if ((this.#told.get(userId) ?? "offline") === shown) return;
    if (shown === "offline") this.#told.delete(userId);
    else this.#told.set(userId, shown);
    this.#deps.hub.deliverPresence(
      userId,
      dispatchFrame("presence", { user_id: userId, presence: shown }, undefined),
    );
  }

  #publish(userId: string, shown: Shown): void {
    this.#deps.bus.publish(
      SUBJECT,
      new TextEncoder().encode(JSON.stringify([this.#options.processId, userId, shown])),
    );
  }

  #hear(payload: Uint8Array): void {
    const told: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (!Array.isArray(told)) return;
    const [processId, userId, shown, forMs] = told.map(String);
    if (processId === undefined || userId === undefined || shown === undefined) return;
    if (processId === this.#options.processId || !isShown(shown)) return;
    const held = this.#elsewhere.get(userId) ?? new Map<string, Elsewhere>();
    if (shown === "offline") held.delete(processId);
    else {
      const keptMs = processId === FROM_SERVER ? Number(forMs) : 3 * this.#options.repeatMs;
      const untilMs = this.#deps.clock.monotonic() + keptMs;
      held.set(processId, { shown, untilMs });
    }
    if (held.size === 0) this.#elsewhere.delete(userId);
    else if (
      this.#elsewhere.has(userId) || this.#elsewhere.size < this.#options.elsewhereCount
    ) this.#elsewhere.set(userId, held);
    this.#show(userId);
  }

  async #repeat(): Promise<void> {
    for (;;) {
      try {
        await this.#deps.clock.sleep(this.#options.repeatMs, this.#stopping.signal);
      } catch {
        return;
      }
      for (const [userId, local] of this.#local) {
        if (local.chosen !== "invisible" && local.chosen !== "offline") {
          this.#publish(userId, local.chosen);
        }
      }
      this.#forgetSilent();
    }
  }

  #forgetSilent(): void {
    const now = this.#deps.clock.monotonic();
    for (const [userId, processes] of this.#elsewhere) {
      for (const [processId, held] of processes) {
        if (held.untilMs <= now) processes.delete(processId);
      }
      if (processes.size === 0) this.#elsewhere.delete(userId);
      this.#show(userId);
    }
  }
}

/** Do not disturb wins, because it was asked for; then whoever is most present. */
function stronger(a: Shown, b: Shown): Shown {
  const order: readonly Shown[] = ["dnd", "online", "idle", "offline"];
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}

function isShown(text: string): text is Shown {
  return SHOWN.includes(text);
}
