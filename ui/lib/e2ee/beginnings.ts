import type { Dm } from "../../../core/api/gateway.ts";
import { ServerUnreachable } from "../../../core/e2ee/engine/ports.ts";
import { putNewest } from "../../../core/put_newest.ts";
import { closeToast, showToast } from "../browser/toast.ts";
import { dmName } from "../format/dm_name.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { type Encryptable, facts } from "../store/encryptable.ts";
import { findReadiness, kindOf, othersHere, type Readiness } from "./begin.ts";
import { CannotEncrypt } from "./client.ts";
import type { RemoteEngine } from "./remote_engine.ts";

/** A message does not wait longer than this to learn whether encryption can begin. */
const BY_ITSELF_MS = 5000;
/** A conversation that was just let begin is tried again after these pauses, its server being away. */
const AGAIN_MS = [1000, 2000, 4000, 8000, 16_000, 32_000] as const;
/** After the answer that it cannot, messages go out at once for so long. */
const CANNOT_MS = 60_000;
/** Conversations of which it is known that they cannot be encrypted now. */
const CANNOT_MAX = 200;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** How the encryption of a conversation begins: by an act, by itself, or later by a wish. */
export class Beginnings {
  readonly #state: ChatState;
  readonly #engine: Promise<RemoteEngine>;
  /** Conversations that begin when the other one has a device, by room, with what was said of it. */
  readonly #wishes = new Map<string, { readonly dm: Dm; readonly toast: number }>();
  /** Until when it is not looked again whether a conversation can begin, by room. */
  readonly #cannot = new Map<string, { readonly dm: Dm; readonly untilMs: number }>();
  /** Messages that wait for the first device of somebody, by room. */
  readonly #coming = new Map<string, { readonly dm: Dm; readonly heard: () => void }>();
  /** Conversations in which a message has waited for that: once in each, while this page is open. */
  readonly #waited = new Set<string>();

  constructor(state: ChatState, engine: Promise<RemoteEngine>) {
    this.#state = state;
    this.#engine = engine;
  }

  /** Whether encryption can begin now, or what is missing. */
  async readiness(target: Encryptable): Promise<Readiness> {
    try {
      return await findReadiness(await this.#engine, target, this.#selfId);
    } catch (error) {
      if (error instanceof CannotEncrypt) return { kind: "lack", lack: error.lack };
      throw error;
    }
  }

  /** Encrypts a conversation or a private channel from here on. */
  async begin(target: Encryptable): Promise<void> {
    const { room_id: roomId } = facts(target);
    const wish = this.#wishes.get(roomId);
    this.#wishes.delete(roomId);
    const engine = await this.#engine;
    await engine.ask("enable", roomId, kindOf(this.#selfId, target));
    // What is said next is not handed out readable until the server's word of it comes.
    if (target.kind === "dm") this.#know(roomId);
    if (wish) closeToast(this.#state, wish.toast);
  }

  #know(roomId: string): void {
    const { dms } = this.#state;
    dms.value = dms.peek().map((dm) => dm.room_id === roomId ? { ...dm, encrypted: true } : dm);
  }

  /** Says that it has begun, to who asked for it. */
  tell(target: Encryptable): void {
    showToast(
      this.#state,
      target.kind === "dm"
        ? t("sealed.began", { name: dmName(target.dm, this.#selfId) })
        : t("sealed.beganChannel", { name: target.channel.name }),
    );
  }

  /**
   * Encrypts a conversation without being asked, where all sides can; else, and where it
   * is not known within a moment, things stay as they are: what is sent is marked as not encrypted.
   * Who is there and sees the conversation for the first time gets a device in that moment.
   */
  async byItself(dm: Dm): Promise<void> {
    const held = this.#cannot.get(dm.room_id);
    if (held && Date.now() < held.untilMs) return;
    const late = pause(BY_ITSELF_MS);
    // Offline, or refused: the message itself says so better.
    await Promise.race([late, this.#beginOrRemember(dm, late).catch(() => undefined)]);
  }

  /**
   * The same for a conversation that was let begin a moment ago: no message comes that would try again
   * where its server cannot answer yet, as it cannot while it checks what it has just joined.
   */
  async onceAccepted(roomId: string): Promise<void> {
    for (const pauseMs of AGAIN_MS) {
      const dm = this.#state.dms.peek().find((each) => each.room_id === roomId);
      if (!dm || dm.encrypted || dm.state !== "joined") return;
      try {
        return await this.#beginOrRemember(dm, pause(BY_ITSELF_MS));
      } catch (error) {
        if (!(error instanceof ServerUnreachable)) return;
      }
      await pause(pauseMs);
    }
  }

  async #beginOrRemember(dm: Dm, late: Promise<void>): Promise<void> {
    const target = { kind: "dm", dm } as const;
    const ready = await this.#readyBefore(dm, late);
    // Unasked nobody of a group is left without what is said.
    if (ready.kind === "ready" && ready.without.length === 0) await this.begin(target);
    else this.#remember(dm);
  }

  /** What is missing once a first device of the other one has come, or it is too late for that. */
  async #readyBefore(dm: Dm, late: Promise<void>): Promise<Readiness> {
    const { room_id: roomId } = dm;
    let over = this.#waited.has(roomId);
    void late.then(() => over = true);
    for (;;) {
      // From before it is asked: what comes in between is heard. An identity comes before a device.
      const news = this.#newsOf(dm);
      const ready = await this.readiness({ kind: "dm", dm });
      if (ready.kind === "no_device" && !over) {
        this.#waited.add(roomId);
        await Promise.race([late, news]);
        if (!over) continue;
      }
      this.#coming.delete(roomId);
      return ready;
    }
  }

  #newsOf(dm: Dm): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#coming.set(dm.room_id, { dm, heard: resolve });
    return promise;
  }

  #remember(dm: Dm): void {
    const value = { dm, untilMs: Date.now() + CANNOT_MS };
    putNewest(this.#cannot, { key: dm.room_id, value, max: CANNOT_MAX });
  }

  /** Begins as soon as the other one has a device, while this page is open. */
  later(dm: Dm): void {
    const toast = showToast(this.#state, t("sealed.waits", { name: dmName(dm, this.#selfId) }));
    this.#wishes.set(dm.room_id, { dm, toast });
  }

  /** Somebody's devices changed: what waited for them begins. */
  async heard(userId: string): Promise<void> {
    for (const { dm, heard } of this.#coming.values()) {
      if (this.#waitsFor(dm, userId)) heard();
    }
    for (const [roomId, held] of this.#cannot) {
      if (this.#waitsFor(held.dm, userId)) this.#cannot.delete(roomId);
    }
    for (const { dm } of [...this.#wishes.values()]) {
      if (!this.#waitsFor(dm, userId)) continue;
      const target = { kind: "dm", dm } as const;
      if ((await this.readiness(target)).kind !== "ready") continue;
      await this.begin(target);
      this.tell(target);
    }
  }

  get #selfId(): string {
    return this.#state.self.peek().user.id;
  }

  #waitsFor(dm: Dm, userId: string): boolean {
    return othersHere(dm, this.#selfId).includes(userId);
  }

  /** This device became another: whether conversations can begin is to be looked at anew. */
  forget(): void {
    this.#cannot.clear();
  }
}
