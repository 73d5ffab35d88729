import type { Relation } from "../../event/kinds/relation.ts";
import type { SealedDraft } from "../payload.ts";
import type { SealedObject } from "./calls.ts";
import { advance } from "./commits.ts";
import { chance, type EngineCore, GroupLost, UnexpectedMember } from "./core.ts";
import { readFeed, takeEvents } from "./feed.ts";
import { findGap, type KeyEvent, openGaps } from "./gaps.ts";
import type { ShareWish } from "./give_history.ts";
import { sameKind } from "./group_name.ts";
import { demandOwnIdentity, ensureJoined } from "./joining.ts";
import { history } from "./history_parts.ts";
import { doWork, loseAndRejoin } from "./later.ts";
import { fetched } from "./part.ts";
import { CallRefused } from "./ports.ts";
import { type Member, RoomBox } from "./room_box.ts";
import { isAway, mayPass, openArchived, openOwn, sealMessage } from "./sealing.ts";
import { incomingKey, wishKey } from "./shared_rows.ts";
import { Turn } from "./turn.ts";
import type {
  Opened,
  RoomHealth,
  RoomKind,
  RoomPhase,
  RoomReason,
  RoomState,
  SealedMessage,
  ShareResult,
} from "./types.ts";
import { lookForWork, waitOf } from "./wanted.ts";

/** Messages that wait to be opened directly; more are read from the feed. */
const MAX_ADMITTED = 500;
/** Rounds of work in a row before the room waits for the next word of the server. */
const MAX_ROUNDS = 5;
/** Times that a step is begun anew after the group was lost. */
const MAX_LOSSES = 2;
/** Pause before what stood in a group's way is tried again, the first and the longest (ms). */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 600_000;

/** A share that waits for the newcomer's devices is tried again after these times (ms). */
const SHARE_AGAIN_MS = [1000, 3000, 10_000, 30_000, 60_000, 600_000] as const;

/** One room of the device: one thing at a time, in the order asked. */
export class Room {
  readonly #box: RoomBox;
  readonly #turn = new Turn();
  #members: readonly Member[] = [];
  #membersOf: unknown;
  #working = false;
  #pausing = false;
  /** Pauses in a row after which something still stood in the way. */
  #pauses = 0;
  #reconnecting = false;
  /** The server had no time for what was asked of it in nobody's name: it is asked again. */
  #putOff = false;
  #waiting: Promise<RoomState> | undefined;
  #missing = 0;
  readonly #admitted = new Map<string, KeyEvent>();

  constructor(readonly core: EngineCore, readonly roomId: string) {
    this.#box = new RoomBox(core, roomId);
  }

  /** Whose room it is. @throws where a person saw it as somebody else's before */
  expect(kind: RoomKind): Promise<void> {
    return this.#run(async () => {
      const { expected } = this.#box.meta;
      if (expected === undefined) await this.#box.step({ meta: { expected: kind } });
      else if (!sameKind(expected, kind)) throw new UnexpectedMember([], this.roomId);
    });
  }

  async enable(kind: RoomKind): Promise<RoomState> {
    await this.expect(kind);
    // The group comes first: nobody is kept from writing between the two.
    await this.#run(async () => {
      await ensureJoined(this.#box);
      if (this.#box.group !== undefined) await doWork(this.#box);
    });
    await this.core.ports.transport.call("enableEncryption", { params: { room_id: this.roomId } });
    await this.#run(() => this.#box.step({ meta: { encrypted: true } }));
    return await this.sync();
  }

  /** Up to date with the server, as somebody asks for it: a device that was refused asks again. */
  sync(): Promise<RoomState> {
    this.#box.barred = false;
    return this.#sync();
  }

  /** Calls share a pass that has not begun; one that has may be late. */
  #sync(): Promise<RoomState> {
    return this.#waiting ??= this.#run(() => {
      this.#waiting = undefined;
      return this.#catchUp();
    }).then(() => this.state()).finally(() => {
      this.#waiting = undefined;
      this.#workLater();
    });
  }

  /** The server said something of the room's group. */
  poke(): void {
    this.#box.dirty = true;
    this.#sync().catch((error) => this.#excuse(error));
  }

  async #catchUp(): Promise<void> {
    const box = this.#box;
    if (this.core.device.phase !== "ready") return;
    try {
      box.dirty = false;
      await ensureJoined(box);
      await this.#follow();
      // Taken out and let in again since: there is a Welcome, or a way in from outside.
      if (box.group === undefined) {
        await ensureJoined(box);
        await this.#follow();
      }
      if (box.group === undefined) return;
      await lookForWork(box);
      box.gone = false;
      await this.#takeShared();
      if (await this.#has(wishKey)) await (await history()).giveHistory(box);
    } catch (error) {
      box.dirty = true;
      if (!(error instanceof CallRefused) || error.code !== "not_found") throw error;
      box.gone = true;
      box.troubles.delete("sequencer_unreachable");
      box.changed();
    }
  }

  /** Takes what happened in the group, each message in the epoch it was sealed in. */
  async #follow(): Promise<void> {
    const box = this.#box;
    if (box.group === undefined) return;
    demandOwnIdentity(box);
    await readFeed(box);
    await advance(box);
    await readFeed(box);
  }

  /** Whether there are rows of shared history of one sort. */
  async #has(keyOf: typeof incomingKey): Promise<boolean> {
    const prefix = keyOf(this.roomId, "");
    return (await this.core.ports.store.list("shared", { prefix, limit: 1 })).length > 0;
  }

  /** Takes what was shared with this device. */
  async #takeShared(): Promise<void> {
    if (await this.#has(incomingKey)) await (await history()).takeHistory(this.#box);
  }

  /** `DeviceEngine.shareHistory`. */
  async share(wish: Omit<ShareWish, "askedMs">): Promise<ShareResult> {
    const { wishHistory } = await history();
    const askedMs = this.core.ports.clock.now();
    const given = await this.#run(async () => {
      await this.#catchUp();
      return await wishHistory(this.#box, { ...wish, askedMs });
    });
    if (given.kind === "waiting") this.#shareLater();
    return given;
  }

  /** Somebody who was just added is in with all their devices in a moment, as a rule. */
  #shareLater(): void {
    const { clock } = this.core.ports;
    void (async () => {
      for (const waitMs of SHARE_AGAIN_MS) {
        await clock.sleep(waitMs, this.core.signal);
        if (!await this.#has(wishKey)) return;
        await this.sync();
      }
    })().catch((error) => this.#excuse(error));
  }

  seal(
    channelId: string,
    draft: SealedDraft,
    relation: Relation | undefined,
  ): Promise<{ sealed: SealedObject; media: readonly string[] }> {
    return this.#run(() => sealMessage(this.#box, channelId, draft, relation));
  }

  async open(message: SealedMessage, waitMs: number): Promise<Opened> {
    const known = await openArchived(this.#box, message);
    if (known !== undefined) return known;
    const own = await openOwn(this.#box, message);
    if (own !== undefined) {
      // Its event is known now: the key is kept under that.
      this.#admit(message).catch((error) => this.#excuse(error));
      return own;
    }
    if (this.core.device.phase !== "ready") return { fault: "device_not_ready", retry: true };
    const gap = await this.#gapOf(message.eventId);
    if (gap !== undefined) return gap;
    const admitted = this.#admit(message);
    const later: Opened = { fault: "restoring", retry: true };
    if (waitMs <= 0) {
      admitted.catch((error) => this.#excuse(error));
      return later;
    }
    const enough = new AbortController();
    const opened = admitted.catch((error) => this.#excuse(error))
      .then(async () =>
        await openArchived(this.#box, message) ?? await this.#gapOf(message.eventId) ?? later
      );
    const slept = this.core.ports.clock.sleep(waitMs, enough.signal).then(() => later);
    slept.catch(() => undefined);
    return await Promise.race([opened, slept]).finally(() => enough.abort());
  }

  async #gapOf(eventId: string): Promise<Opened | undefined> {
    const gap = await findGap(this.core.ports.store, this.roomId, eventId);
    if (gap === undefined) return undefined;
    const { fault } = gap;
    return fault === undefined ? { fault: "restoring", retry: true } : { fault, retry: false };
  }

  /** Takes the key out of a message that was seen before the feed was read. */
  #admit(message: SealedMessage): Promise<void> {
    const { eventId, sender, channelId, sealed } = message;
    if (this.#admitted.size < MAX_ADMITTED) {
      this.#admitted.set(eventId, { event_id: eventId, sender, channel_id: channelId, sealed });
    }
    return this.#run(async () => {
      const events = [...this.#admitted.values()];
      this.#admitted.clear();
      if (events.length === 0) return;
      const { group, meta: { joinedEpoch = 0 } } = this.#box;
      // Of a later epoch: what comes before it in the feed must be read first, or is lost. Of one
      // before this device came in: the feed says when that was.
      const isOther = ({ sealed: { epoch } }: KeyEvent) =>
        epoch > (group?.epoch ?? -1) || epoch < joinedEpoch;
      if (events.some(isOther)) await this.#catchUp();
      await takeEvents(this.#box, events);
      await this.#takeShared();
    });
  }

  /** Does what is wanted after this device's share of waiting, as long as it is still wanted. */
  #workLater(): void {
    if (this.#working || this.#box.group === undefined) return;
    this.#working = true;
    this.#work()
      .catch((error) => this.#excuse(error))
      .finally(() => this.#working = false);
  }

  async #work(): Promise<void> {
    const { clock } = this.core.ports;
    const { userId, id } = this.core.device;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const work = await this.#run(() => lookForWork(this.#box));
      const { group } = this.#box;
      if (work === undefined || group === undefined || id === undefined) return;
      const members = this.#members.map(({ certificate: { user, device } }) => ({ user, device }));
      const waitMs = waitOf({ user: userId, device: id }, members, group.epoch);
      if (waitMs > 0) await clock.sleep(waitMs, this.core.signal);
      const done = await this.#run(() => doWork(this.#box));
      // What could not be done in one round cannot be in the next: who is awaited has nothing yet.
      if (!done || this.#box.group?.epoch === group.epoch) return;
    }
  }

  /**
   * Who was refused on the way into the group, or found the server that orders it away, tries again
   * after a pause, longer each time: nobody says when that server has heard of a membership, or
   * answers again. So does who waits for the other's devices: what was asked of their server in vain
   * nobody asks for otherwise.
   */
  #tryLater(): void {
    const box = this.#box;
    const isAway = this.#putOff || box.troubles.has("sequencer_unreachable");
    if (!box.barred && !isAway && !this.#waitsForDevices()) {
      if (box.group !== undefined) this.#pauses = 0;
      return;
    }
    if (this.#pausing) return;
    this.#pausing = true;
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses++) *
      (1 + chance(this.core) / 4);
    void this.core.ports.clock.sleep(pauseMs, this.core.signal).then(() => {
      this.#pausing = false;
      this.#putOff = false;
      box.barred = false;
      this.poke();
    }).catch((error) => this.#excuse(error));
  }

  /** Runs a step alone; a lost group is joined anew and the step begun again. */
  #run<T>(step: () => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      await this.#box.load();
      try {
        return await this.#heal(step);
      } finally {
        await this.#look().finally(() => this.#tryLater());
      }
    });
  }

  async #heal<T>(step: () => Promise<T>): Promise<T> {
    for (let losses = 0;; losses++) {
      try {
        return await step();
      } catch (error) {
        if (error instanceof UnexpectedMember) {
          this.#box.trouble("unexpected_member", error.users);
        }
        if (!(error instanceof GroupLost) || losses >= MAX_LOSSES) throw error;
        this.#reconnecting = true;
        try {
          await loseAndRejoin(this.#box, error);
        } finally {
          this.#reconnecting = false;
        }
      }
    }
  }

  /** What the interface shows is made of the group's members: looked at when it changed. */
  async #look(): Promise<void> {
    const { group } = this.#box;
    this.#missing = (await openGaps(this.core.ports.store, this.roomId)).length;
    if (group === this.#membersOf) return;
    this.#membersOf = group;
    this.#members = [];
    if (group === undefined) return;
    try {
      this.#members = (await this.#box.checkMembers(group)).members;
    } catch (error) {
      if (!(error instanceof UnexpectedMember)) throw error;
      this.#box.trouble("unexpected_member", error.users);
    }
    // What was announced when the group changed knew the former members.
    this.#box.changed();
  }

  /** Of steps that nobody waits for: what went wrong is shown, not thrown. */
  #excuse(error: unknown): void {
    if (this.core.signal.aborted) return;
    if (isAway(error)) {
      this.#box.trouble("sequencer_unreachable");
      return this.#tryLater();
    }
    if (mayPass(error)) {
      this.#putOff = true;
      return this.#tryLater();
    }
    this.core.ports.log?.log("warn", "A step of an encrypted room failed", {
      room: this.roomId,
      why: String(error),
    });
    if (!(error instanceof UnexpectedMember)) this.core.count("other");
  }

  state(): RoomState {
    const { group, meta } = this.#box;
    const { trust } = this.core;
    const standings = this.#members.map(({ certificate }) => trust.standing(certificate));
    const changed = trust.changedIn(this.#members.map(({ certificate }) => certificate));
    const reasons = this.#reasons(changed.length > 0);
    return {
      roomId: this.roomId,
      phase: this.#phase(reasons),
      reasons,
      trust: group === undefined
        ? "none"
        : !this.#isAlone() && standings.every((standing) => standing === "verified")
        ? "verified"
        : "encrypted",
      epoch: group?.epoch,
      users: [...new Set([...changed, ...this.#box.troubles.get("unexpected_member") ?? []])],
      server: meta.expected === undefined ? undefined : this.#box.sequencer,
      missing: this.#missing,
    };
  }

  async health(): Promise<RoomHealth> {
    const { healthOf } = await fetched(() => import("./health.ts"));
    await this.#box.load();
    return healthOf(this.#box);
  }

  #reasons(changed: boolean): RoomReason[] {
    const { meta, troubles } = this.#box;
    if (!meta.encrypted) return [];
    return [
      ...troubles.keys(),
      ...(changed ? ["identity_changed" as const] : []),
      ...(this.core.device.phase === "ready" ? [] : ["device_not_ready" as const]),
      ...(this.#waitsForDevices() ? ["waiting_for_devices" as const] : []),
    ];
  }

  #waitsForDevices(): boolean {
    const { meta, group } = this.#box;
    return group !== undefined && meta.encrypted && meta.expected?.kind === "dm" && this.#isAlone();
  }

  /** Nobody but this user is in the group. */
  #isAlone(): boolean {
    return new Set(this.#members.map(({ certificate }) => certificate.user)).size < 2;
  }

  #phase(reasons: readonly RoomReason[]): RoomPhase {
    if (!this.#box.meta.encrypted) return "plain";
    const ends = ["identity_changed", "unexpected_member", "too_many_rejoins", "device_not_ready"];
    if (this.#box.gone || reasons.some((reason) => ends.includes(reason))) return "paused";
    if (this.#reconnecting) return "reconnecting";
    return this.#box.group === undefined ? "starting" : "encrypted";
  }

  /** Resolves when nothing runs in the room any more. */
  idle(): Promise<void> {
    return this.#turn.idle();
  }

  /** Reads what is stored, so that `state` is true from the start. */
  load(): Promise<void> {
    return this.#run(() => Promise.resolve());
  }
}
