import { GATEWAY_CLOSE } from "../../../core/api/gateway.ts";
import { assert } from "../../../core/assert.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { dispatchFrame, type Frame } from "./frame.ts";
import { SessionIndex } from "./session_index.ts";
import { channelKey, type Session } from "./session.ts";
import type { Audience, Dispatch, Entitlement, Update, Watchers } from "./source.ts";

/** Counts what leaves: once a fan-out, never once a socket. */
export interface HubMeter {
  delivered(count: number): void;
}

export interface HubOptions {
  /** Updates kept for sessions that are just arriving. */
  readonly recentCount: number;
}

/** A dispatch with its frames, each built when the first reader needs it. */
class Outgoing {
  readonly dispatch: Dispatch;
  readonly #position: string | undefined;
  #frame: Frame | undefined;
  #personal: Frame | undefined;

  constructor(dispatch: Dispatch, position: string | undefined) {
    this.dispatch = dispatch;
    this.#position = position;
  }

  frameFor(session: Session): Frame {
    const { t, d, personal } = this.dispatch;
    if (personal !== undefined && personal.userId === session.caller.userId) {
      return this.#personal ??= dispatchFrame(t, personal.d, this.#position);
    }
    return this.#frame ??= dispatchFrame(t, d, this.#position);
  }
}

interface Recent {
  readonly update: Update;
  readonly outgoing: readonly Outgoing[];
}

/**
 * Carries updates to sessions. All of it is synchronous: when `deliver` returns, every
 * entitled session's sink has the frames, in order.
 */
export class Hub implements Watchers {
  readonly #index = new SessionIndex();
  readonly #meter: HubMeter;
  readonly #recentCount: number;
  #recent: Recent[] = [];
  #position: string | undefined;
  /** Arrivals under way, by user. */
  readonly #arriving = new Map<UserId, number>();
  #onGain: (session: Session, keys: readonly string[]) => void = () => {};
  #onUpdate: (update: Update) => void = () => {};
  #onGone: (sessionId: string) => void = () => {};

  constructor(deps: { meter: HubMeter }, options: HubOptions) {
    this.#meter = deps.meter;
    this.#recentCount = options.recentCount;
  }

  get sessionCount(): number {
    return this.#index.size;
  }

  /** Token that covers everything delivered so far. */
  get position(): string | undefined {
    return this.#position;
  }

  get hasArriving(): boolean {
    return this.#arriving.size > 0;
  }

  /** Hears which channels, by key, a connected session has come to hear. */
  onGain(listener: (session: Session, keys: readonly string[]) => void): void {
    this.#onGain = listener;
  }

  /** Hears which signed-in session has lost its last connection. */
  onGone(listener: (sessionId: string) => void): void {
    this.#onGone = listener;
  }

  /** Hears each update once it was delivered. */
  onUpdate(listener: (update: Update) => void): void {
    this.#onUpdate = listener;
  }

  /** Someone begins to arrive; the function returned says that it is over, either way. */
  beginArrival(userId: UserId): () => void {
    this.#arriving.set(userId, (this.#arriving.get(userId) ?? 0) + 1);
    return () => {
      const left = (this.#arriving.get(userId) ?? 0) - 1;
      if (left > 0) this.#arriving.set(userId, left);
      else this.#arriving.delete(userId);
    };
  }

  /** Or is arriving: what is told meanwhile reaches it when it is taken in. */
  isConnected(userId: UserId): boolean {
    return this.connectionsOf(userId) > 0;
  }

  /** Live connections, and those that arrive. */
  connectionsOf(userId: UserId): number {
    return this.#index.ofUser(userId).size + (this.#arriving.get(userId) ?? 0);
  }

  hasSession(sessionId: string): boolean {
    return this.#index.ofSession(sessionId).size > 0;
  }

  *inRoom(roomId: string): Iterable<UserId> {
    const named = new Set<UserId>();
    for (const { caller } of this.#index.inRoom(roomId)) {
      if (named.has(caller.userId)) continue;
      named.add(caller.userId);
      yield caller.userId;
    }
  }

  sessionsOf(userId: string): ReadonlySet<Session> {
    return this.#index.ofUser(userId);
  }

  deliver(update: Update): void {
    const last = this.#recent.at(-1)?.update.seq;
    assert(last === undefined || update.seq === last + 1, "updates come in order without a gap");
    if (update.position !== undefined) this.#position = update.position;
    const outgoing = update.dispatches.map((dispatch, i) =>
      new Outgoing(dispatch, i === update.dispatches.length - 1 ? update.position : undefined)
    );
    this.#recent.push({ update, outgoing });
    if (this.#recent.length > 2 * this.#recentCount) {
      this.#recent = this.#recent.slice(-this.#recentCount);
    }
    for (const entitlement of update.entitlements) this.#entitle(entitlement);
    for (const one of outgoing) this.#send(one);
    this.#onUpdate(update);
    if (update.lost) this.closeAll(GATEWAY_CLOSE.tooSlow, "More came than could be sent.");
  }

  /** A dispatch outside the order of updates: typing and presence. */
  deliverEphemeral(dispatch: Dispatch): void {
    this.#send(new Outgoing(dispatch, undefined));
  }

  /** Tells everyone who watches the user, and the user's own sessions. */
  deliverPresence(userId: string, frame: Frame): void {
    const own = this.#index.ofUser(userId);
    let count = own.size;
    for (const session of own) session.tell(frame);
    for (const session of this.#index.watching(userId)) {
      if (own.has(session)) continue;
      session.tell(frame);
      count++;
    }
    this.#meter.delivered(count);
  }

  /**
   * Whether a session that stands there can be brought up to now from memory: nothing since
   * was forgotten, lost, or made for those alone who were connected already.
   */
  covers(standing: { seq: number; entitlements: readonly Entitlement[] }): boolean {
    const [oldest] = this.#recent;
    if (oldest === undefined) return true;
    if (oldest.update.seq > standing.seq + 1) return false;
    const rooms = new Set(standing.entitlements.map(({ roomId }) => roomId));
    return !this.#recent.some(({ update: { seq, partial, lost } }) =>
      seq > standing.seq && (lost ||
        partial !== undefined && (partial.control || rooms.has(partial.roomId)))
    );
  }

  /**
   * Takes a session in that knows everything up to `seq`: what came since is sent at once,
   * then it hears each update. Nothing is lost or told twice, because nothing awaits here.
   */
  add(session: Session, standing: { seq: number; entitlements: readonly Entitlement[] }): void {
    assert(this.covers(standing), "an arriving session is within the recent updates");
    for (const entitlement of standing.entitlements) this.#index.entitle(session, entitlement);
    const missed = this.#recent.filter(({ update }) => update.seq > standing.seq);
    for (const { update, outgoing } of missed) {
      for (const entitlement of update.entitlements) {
        if (entitlement.userId === session.caller.userId) this.#index.entitle(session, entitlement);
      }
      for (const one of outgoing) {
        if (hears(session, one.dispatch.audience)) session.tell(one.frameFor(session));
      }
    }
    this.#index.add(session);
  }

  remove(session: Session): void {
    this.#index.remove(session);
    const { sessionId } = session.caller;
    if (!this.hasSession(sessionId)) this.#onGone(sessionId);
  }

  watch(session: Session, roomId: string, userIds: readonly string[]): void {
    this.#index.watch(session, roomId, userIds);
  }

  /** Ends the sockets of a session that is no more, for instance after sign-out. */
  revoke(sessionId: string, reason: string): void {
    this.deliverEphemeral({
      t: "session.revoked",
      d: { reason },
      audience: { to: "session", sessionId },
    });
  }

  /** Ends all sockets; clients come back by themselves. */
  closeAll(code: number, reason: string): void {
    for (const session of [...this.#index.all()]) session.sink.close(code, reason);
  }

  #entitle(entitlement: Entitlement): void {
    for (const session of this.#index.ofUser(entitlement.userId)) {
      const before = new Set(session.rooms.get(entitlement.roomId));
      this.#index.entitle(session, entitlement);
      const after = session.rooms.get(entitlement.roomId) ?? [];
      const gained = after.filter((key) => !before.has(key));
      if (gained.length > 0) this.#onGain(session, gained);
    }
  }

  #send(one: Outgoing): void {
    const { audience, t } = one.dispatch;
    if (audience.to === "channel") {
      const readers = this.#index.channelReaders(audience.roomId, audience.channelId);
      for (const session of readers) session.tell(one.frameFor(session));
      this.#meter.delivered(readers.size);
      return;
    }
    // A copy: closing a revoked session changes the sets that are walked.
    const readers = new Set(this.#index.readers(audience));
    for (const session of readers) session.tell(one.frameFor(session));
    this.#meter.delivered(readers.size);
    if (t !== "session.revoked") return;
    for (const session of readers) {
      session.sink.close(GATEWAY_CLOSE.revoked, "The session was ended.");
    }
  }
}

function hears(session: Session, audience: Audience): boolean {
  switch (audience.to) {
    case "channel":
      return session.channels.has(channelKey(audience.roomId, audience.channelId));
    case "room":
      return session.rooms.has(audience.roomId);
    case "users":
      return audience.userIds.includes(session.caller.userId);
    case "member":
      return audience.userId === session.caller.userId ||
        session.watches(audience.roomId, audience.userId);
    case "session":
      return audience.sessionId === session.caller.sessionId;
  }
}
