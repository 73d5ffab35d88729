import { StrictVerifier } from "../../event/verify.ts";
import { createMls } from "../../mls/mls.ts";
import { base64Of } from "../bytes.ts";
import { readCertificate } from "../certificate.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { CallChange, CallPlace } from "../voice/call_keys.ts";
import type { SealedDraft } from "../payload.ts";
import { Archive } from "./archive.ts";
import { chance, type EngineCore, type FailureReason } from "./core.ts";
import { type EngineParts, fetchParts, makeParts } from "./engine_parts.ts";
import { Errands } from "./errands.ts";
import { HeldBackup } from "./held_backup.ts";
import { Inbox } from "./inbox.ts";
import { OwnDevice } from "./own_device.ts";
import { fetched, Part } from "./part.ts";
import { CallRefused, type DeviceDispatch, type EnginePorts } from "./ports.ts";
import { Room } from "./room.ts";
import { RoomStore } from "./room_store.ts";
import { isAway, mayPass } from "./sealing.ts";
import type { Texts } from "./texts.ts";
import { Trust } from "./trust.ts";
import { Turn } from "./turn.ts";
import type {
  BackupSecret,
  BackupState,
  CancelReason,
  DeviceEngine,
  DeviceState,
  EngineChange,
  EngineCounters,
  KnownUser,
  PasskeyWay,
  RoomHealth,
  RoomKind,
  RoomState,
  SealedMessage,
  ShareResult,
  SlotKind,
  Verification,
} from "./types.ts";

const HOUR_MS = 3_600_000;
/** Rooms brought up to date at the same time after a connection came back. */
const PARALLEL_ROOMS = 4;
/** New keys are gathered so long before they go into the backup (ms). */
const BACKUP_WAIT_MS = 5000;
/** Other devices had time to put theirs (ms). */
const MISSING_WAIT_MS = 2 * BACKUP_WAIT_MS;
/** Of one reason, as the server takes them in one report. */
const MAX_REPORTED = 1000;

/** Fetched when this device, or the user's identity, is made or renewed. */
const fetchSetUp = () => fetched(() => import("./set_up.ts"));

type Listener = (change: EngineChange) => void;

/** A device's engine; what it promises is said at `DeviceEngine`. Made by `openEngine`. */
export class Engine implements DeviceEngine {
  readonly #core: EngineCore;
  readonly #held: HeldBackup;
  readonly #parts: EngineParts;
  readonly #inbox: Inbox;
  readonly #rooms = new Map<string, Room>();
  readonly #listeners = new Set<Listener>();
  readonly #counters = new Map<FailureReason, number>();
  readonly #unreported = new Map<FailureReason, number>();
  readonly #ended: AbortController;
  readonly #turn = new Turn();
  readonly #errands: Errands;
  readonly #tasks = new Set<Promise<unknown>>();
  #unfollow: (() => void) | undefined;
  #backingUp = false;
  readonly #missing = new Set<string>();

  private constructor(core: EngineCore, held: HeldBackup, ended: AbortController) {
    this.#core = core;
    this.#held = held;
    this.#ended = ended;
    this.#errands = new Errands({
      clock: core.ports.clock,
      signal: ended.signal,
      mayPass,
      chance: () => chance(core),
    });
    this.#parts = makeParts(core, {
      held,
      alone: (task) => this.#turn.run(task),
      settled: () => this.#settled(),
      sync: async (roomId) => await this.#rooms.get(roomId)?.sync(),
      later: (task) => this.#later(task),
    });
    const { verifications, keyRequests } = this.#parts;
    this.#inbox = new Inbox(core.ports, {
      "verification.": async (item) => await (await verifications.get()).receive(item),
      "keys.": async (item) => await (await keyRequests.get()).receive(item),
    });
  }

  static open(ports: EnginePorts): Engine {
    const ended = new AbortController();
    // Parts tell the engine what happens; it is made of them, and so comes after them.
    let engine: Engine | undefined = undefined as Engine | undefined;
    const emit = (change: EngineChange) => {
      if (engine !== undefined) engine.#emit(change);
    };
    const trust = new Trust({
      owner: ports.transport.userId,
      store: ports.store,
      clock: ports.clock,
      verifier: new StrictVerifier(),
      changed: (userId) => emit({ what: "user", userId }),
    });
    const device = new OwnDevice(ports, trust);
    const archive = new Archive(ports.store);
    const mls = createMls({
      accept: async (credential, signatureKey) =>
        await trust.certificateOf(credential, signatureKey) !== undefined,
      ownerOf: readCertificate,
      rng: ports.rng,
    });
    // With the first receipt: it brings the hash that ids of keys are made of.
    const keys = new Part(async () => {
      const { ServerKeys } = await import("./server_keys.ts");
      return new ServerKeys(ports, trust.parts.verifier);
    });
    const held = new HeldBackup(ports.store);
    engine = new Engine(
      {
        ports,
        mls,
        device,
        trust,
        archive,
        backup: held,
        rooms: new RoomStore(ports.store, mls),
        serverKeys: { check: async (receipt, by) => await (await keys.get()).check(receipt, by) },
        signal: ended.signal,
        emit,
        count: (reason) => {
          if (engine !== undefined) engine.#count(reason);
        },
        missing: (roomId) => {
          if (engine !== undefined) engine.#miss(roomId);
        },
      },
      held,
      ended,
    );
    return engine;
  }

  /**
   * Reads whose device this is, and nothing of its rooms: what `open` needs where nobody stays to
   * follow them. `start` does it too.
   */
  async load(): Promise<void> {
    await this.#core.device.load();
    await this.#core.trust.load();
    await this.#held.load();
  }

  async start(): Promise<void> {
    const { ports } = this.#core;
    await this.load();
    for (const { key } of await ports.store.list("groups")) {
      if (!key.endsWith("/meta")) continue;
      const room = this.#room(key.slice(0, -"/meta".length));
      await room.load();
      // It was closed before it had asked for them.
      if (room.state().missing > 0) this.#miss(room.roomId);
    }
    this.#unfollow = ports.transport.onDispatch((dispatch) => this.#hear(dispatch));
    this.#later(() => this.#everyHour());
    // What the device had no time to save before it was closed.
    this.#backUpLater();
  }

  /** Has all parts here, though nothing needs them yet. @throws ServerUnreachable, or the like */
  fetchParts(): Promise<void> {
    return fetchParts(this.#parts);
  }

  state(): DeviceState {
    const { device, trust } = this.#core;
    return {
      phase: device.phase,
      userId: device.userId,
      deviceId: device.id,
      msk: trust.pin(device.userId)?.msk,
      backup: this.#held.state,
    };
  }

  rooms(): readonly RoomState[] {
    return [...this.#rooms.values()].map((room) => room.state());
  }

  room(roomId: string): RoomState {
    return this.#room(roomId).state();
  }

  health(roomId: string): Promise<RoomHealth> {
    return this.#room(roomId).health();
  }

  #room(roomId: string): Room {
    const present = this.#rooms.get(roomId);
    if (present !== undefined) return present;
    const made = new Room(this.#core, roomId);
    this.#rooms.set(roomId, made);
    return made;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #emit(change: EngineChange): void {
    if (change.what === "keys") {
      this.#backUpLater();
      this.#later(() =>
        this.#toTexts(change.roomId, (texts) => texts.keysCame(change.roomId, change.eventIds))
      );
    }
    if (change.what === "user") {
      for (const roomId of this.#rooms.keys()) this.#emit({ what: "room", roomId });
    }
    for (const listener of this.#listeners) listener(change);
  }

  counters(): EngineCounters {
    return Object.fromEntries(this.#counters);
  }

  #count(reason: FailureReason): void {
    for (const counts of [this.#counters, this.#unreported]) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }

  setUp({ name }: { readonly name: string }): Promise<DeviceState> {
    return this.#turn.run(async () => {
      await this.#setUpDevice(name);
      await this.#settled();
      return this.state();
    });
  }

  async #setUpDevice(name: string): Promise<void> {
    const { device } = this.#core;
    if (!device.isSetUp) await (await fetchSetUp()).setUp(device, name);
  }

  async #refillPackages(): Promise<void> {
    const { refillPackages } = await fetched(() => import("./key_packages.ts"));
    await refillPackages(this.#core, this.#core.device.keys);
  }

  /** What follows when this device has a certificate. */
  async #settled(): Promise<void> {
    const { device } = this.#core;
    if (device.phase === "ready") {
      try {
        await this.#refillPackages();
      } catch (error) {
        if (!mayPass(error)) throw error;
        // Without them nobody can add this device; that it is one already stands.
        this.#errand("packages", () => this.#refillPackages());
      }
      this.#later(() => this.#syncRooms());
    }
    this.#emit({ what: "device" });
  }

  enable(roomId: string, kind: RoomKind): Promise<RoomState> {
    return this.#room(roomId).enable(kind);
  }

  expect(roomId: string, kind: RoomKind): Promise<void> {
    return this.#room(roomId).expect(kind);
  }

  sync(roomId: string): Promise<RoomState> {
    return this.#room(roomId).sync();
  }

  seal(
    roomId: string,
    channelId: string,
    draft: SealedDraft,
    options: { readonly relation?: SealedMessage["relation"] } = {},
  ) {
    return this.#room(roomId).seal(channelId, draft, options.relation);
  }

  open(message: SealedMessage, options: { readonly waitMs?: number } = {}) {
    return this.#room(message.roomId).open(message, options.waitMs ?? 0);
  }

  shareHistory(
    roomId: string,
    { to, ...share }: { channelId: string; to: string; spanMs: number },
  ): Promise<ShareResult> {
    return this.#room(roomId).share({ ...share, to: to as UserId });
  }

  async disclose(roomId: string, eventIds: readonly string[]) {
    // A message that was shown first by its edit stands in the feed with its key.
    await this.sync(roomId).catch(() => undefined);
    const keys: { event_id: string; key: string }[] = [];
    for (const event_id of eventIds) {
      const found = await this.#core.archive.get(roomId, event_id);
      if (found === undefined || "fault" in found) continue;
      keys.push({ event_id, key: base64Of(found.contentKey) });
    }
    return keys;
  }

  /** What was said is looked at only in rooms that somebody has searched before. */
  async #toTexts(roomId: string, task: (texts: Texts) => Promise<void>): Promise<void> {
    const { texts } = this.#parts;
    const { store } = this.#core.ports;
    const isKept = texts.here !== undefined ||
      (await store.list("texts", { prefix: `${roomId}/`, limit: 1 })).length > 0;
    if (isKept) await task(await texts.get());
  }

  async readTexts(roomId: string): Promise<void> {
    await (await this.#parts.texts.get()).read(roomId);
  }

  async search(roomId: string, query: string, options?: { skip?: number; limit?: number }) {
    return await (await this.#parts.texts.get()).search(roomId, query, options);
  }

  forgetTexts(roomId: string, eventIds: readonly string[]): Promise<void> {
    return this.#toTexts(roomId, (texts) => texts.forget(roomId, eventIds));
  }

  async devices(userId: string): Promise<KnownUser> {
    const { knownUser } = await fetched(() => import("./known_users.ts"));
    return await knownUser(this.#core, userId);
  }

  async acceptIdentity(userId: string): Promise<void> {
    await this.#core.trust.accept(userId);
    for (const room of this.#rooms.values()) room.poke();
  }

  async backupState(): Promise<BackupState | undefined> {
    return await (await this.#parts.backup.get()).describe();
  }

  async createBackup(): Promise<{ readonly recoveryKey: string }> {
    // What waits in the feeds belongs into it as well.
    await Promise.allSettled([...this.#rooms.values()].map((room) => room.sync()));
    const recoveryKey = await (await this.#parts.backup.get()).create();
    this.#emit({ what: "backup" });
    this.#emit({ what: "device" });
    return { recoveryKey };
  }

  async addPassphrase(passphrase: string): Promise<void> {
    await (await this.#parts.backup.get()).addPassphrase(passphrase);
  }

  async addPasskey(passkey: PasskeyWay & { readonly prf: Uint8Array }): Promise<void> {
    await (await this.#parts.backup.get()).addPasskey(passkey);
  }

  async passkeyWay(): Promise<PasskeyWay | undefined> {
    return await (await this.#parts.backup.get()).passkeyWay();
  }

  async removeSlot(kind: SlotKind): Promise<void> {
    await (await this.#parts.backup.get()).removeSlot(kind);
  }

  restore(secret: BackupSecret): Promise<{ readonly keys: number }> {
    return this.#turn.run(async () => {
      const { keys, secrets } = await (await this.#parts.backup.get()).restore(secret);
      if (secrets !== undefined && this.#core.device.phase === "unapproved") {
        await (await this.#parts.approvals.get()).approve(secrets);
      }
      await this.#settled();
      return { keys };
    });
  }

  resetIdentity(): Promise<void> {
    return this.#turn.run(async () => {
      const { device } = this.#core;
      const { publishNew, renew } = await fetchSetUp();
      const secrets = await publishNew(device);
      await (await this.#parts.backup.get()).forget();
      await renew(device, secrets);
      await this.#settled();
    });
  }

  async startVerification(userId: string, deviceId: string): Promise<string> {
    return await (await this.#parts.verifications.get()).start(userId, deviceId);
  }

  verifications(): readonly Verification[] {
    return this.#parts.verifications.here?.list() ?? [];
  }

  async acceptVerification(id: string): Promise<void> {
    await (await this.#parts.verifications.get()).accept(id);
  }

  async confirmVerification(id: string): Promise<void> {
    await (await this.#parts.verifications.get()).confirm(id);
  }

  async cancelVerification(
    id: string,
    reason?: Extract<CancelReason, "refused" | "mismatch">,
  ): Promise<void> {
    await (await this.#parts.verifications.get()).cancel(id, reason);
  }

  async showCode(userId?: string): Promise<{ readonly id: string; readonly text: string }> {
    return await (await this.#parts.verifications.get()).showCode(userId);
  }

  async scanCode(text: string, userId?: string): Promise<string> {
    return await (await this.#parts.verifications.get()).scanCode(text, userId);
  }

  async openCall(stay: string, place: CallPlace) {
    return await (await this.#parts.calls.get()).open(stay, place);
  }

  async foundCall(stay: string) {
    return await (await this.#parts.calls.get()).found(stay);
  }

  async joinCallFromOutside(stay: string, groupInfo: string) {
    return await (await this.#parts.calls.get()).joinFromOutside(stay, groupInfo);
  }

  async commitCall(stay: string, change: CallChange) {
    return await (await this.#parts.calls.get()).commit(stay, change);
  }

  async takeCall(stay: string, given: { readonly commit: string } | { readonly welcome: string }) {
    return await (await this.#parts.calls.get()).take(stay, given);
  }

  async dropCallCommit(stay: string) {
    await (await this.#parts.calls.get()).drop(stay);
  }

  async endCall(stay: string) {
    await (await this.#parts.calls.get()).end(stay);
  }

  #hear(dispatch: DeviceDispatch | "connected"): void {
    const { phase } = this.#core.device;
    if (phase === "new" || phase === "removed") return;
    if (dispatch === "connected") {
      this.#errands.hurry();
      return this.#errand("connected", () => this.#reconnected());
    }
    if (dispatch.t === "to_device") return this.#errand("inbox", () => this.#inbox.read());
    if (phase !== "ready") return;
    switch (dispatch.t) {
      case "group.update":
      case "group.wanted":
      case "welcome":
        return this.#room(dispatch.d.room_id).poke();
      case "devices.update":
        return this.#errand(`user ${dispatch.d.user_id}`, () => this.#lookAt(dispatch.d.user_id));
      case "key_packages.low":
        return this.#errand("packages", () => this.#refillPackages());
    }
  }

  async #reconnected(): Promise<void> {
    await this.#inbox.read();
    await this.#parts.verifications.here?.resume();
    if (this.#core.device.phase !== "ready") return;
    await this.#refillPackages();
    const { welcomes } = await this.#core.ports.transport.call("listWelcomes", {});
    for (const { room_id } of welcomes) this.#room(room_id);
    await this.#syncRooms();
  }

  async #syncRooms(): Promise<void> {
    const waiting = [...this.#rooms.values()];
    const one = async () => {
      for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) room.poke();
      await Promise.resolve();
    };
    await Promise.all(Array.from({ length: PARALLEL_ROOMS }, one));
  }

  /** Somebody's devices or identity changed: of people who are pinned that must be known. */
  async #lookAt(userId: string): Promise<void> {
    try {
      if (this.#core.trust.pin(userId) !== undefined) await this.devices(userId);
    } finally {
      this.#emit({ what: "user", userId });
    }
  }

  #backUpLater(): void {
    if (this.#backingUp || this.#held.state !== "on") return;
    this.#backingUp = true;
    this.#later(async () => {
      await this.#core.ports.clock.sleep(BACKUP_WAIT_MS, this.#ended.signal);
      this.#backingUp = false;
      await this.#errands.run("backup", () => this.#backUp());
      this.#emit({ what: "backup" });
    });
  }

  async #backUp(): Promise<void> {
    if (this.#held.state === "on") await (await this.#parts.backup.get()).flush();
  }

  /** Keys are missed: what other devices put into the backup may have them, or they themselves. */
  #miss(roomId: string): void {
    if (this.#missing.has(roomId)) return;
    this.#missing.add(roomId);
    this.#later(async () => {
      await this.#core.ports.clock.sleep(MISSING_WAIT_MS, this.#ended.signal);
      this.#missing.delete(roomId);
      await this.#errands.run(`missing ${roomId}`, async () => {
        await this.#backUp();
        await (await this.#parts.keyRequests.get()).ask(roomId);
      });
    });
  }

  /** Renewals that no message reminds of, and what is to be counted. */
  async #everyHour(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#core.ports.clock.sleep(HOUR_MS, this.#ended.signal);
      this.#errand("hour", () => this.#renew());
    }
  }

  async #renew(): Promise<void> {
    if (this.#core.device.phase !== "ready") return;
    await this.#setUpDevice("");
    await this.#refillPackages();
    await this.#syncRooms();
    await this.#backUp();
    await this.#report();
  }

  async #report(): Promise<void> {
    const failures = [...this.#unreported]
      .map(([reason, count]) => ({ reason, count: Math.min(count, MAX_REPORTED) }));
    if (failures.length === 0) return;
    this.#unreported.clear();
    await this.#core.ports.transport.call("reportEncryptionFailures", { body: { failures } });
  }

  /** What nobody else asks for: tried until it is done. */
  #errand(name: string, task: () => Promise<unknown>): void {
    this.#later(() => this.#errands.run(name, task));
  }

  /** A task that nobody waits for; what the network refuses is tried again with the next one. */
  #later(task: () => Promise<unknown>): void {
    const running = task().catch((error) => {
      if (this.#ended.signal.aborted || isAway(error)) return;
      this.#core.ports.log?.log("warn", "A task of the device failed", { why: String(error) });
      if (error instanceof CallRefused) return;
      this.#count("other");
    });
    this.#tasks.add(running);
    running.finally(() => this.#tasks.delete(running));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unfollow?.();
    this.#ended.abort(new DOMException("The engine has ended", "AbortError"));
    await Promise.all([...this.#rooms.values()].map((room) => room.idle()));
    await Promise.all(this.#tasks);
    await this.#parts.verifications.here?.idle();
    this.#listeners.clear();
  }
}
