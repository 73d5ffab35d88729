import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { VoiceCommit, VoiceGroup, VoiceWanted } from "../../../core/api/voice.ts";
import type { CallBundle, CallView } from "../../../core/e2ee/voice/call_keys.ts";
import { Turn } from "../../../core/e2ee/engine/turn.ts";
import { ApiError } from "../api/request.ts";
import { callApi } from "../browser/browser_api.ts";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";

export type GroupWords = Extract<ServerFrame, { op: "dispatch"; t: "voice.group" }>["d"];

/** Whoever is not added within it comes in by itself: two others have been asked by then (ms). */
const ADDED_WITHIN_MS = 10_000;
/** Times in a row that a device tries to come in by itself; then something is wrong. */
const MAX_ENTRIES = 10;
/** After an attempt that another one came before: time to be let in by that one (ms). */
const RETRY_MS = 500;

export interface GroupEvents {
  /** The keys of an epoch are there. */
  epoch(view: CallView): void;
  /** They are used for sending from now on. */
  switched(epoch: number): void;
  /** The keys cannot be had: the stay has no use. */
  lost(error: unknown): void;
}

/**
 * This device's part in the group of a call: it founds, adds and removes where the server asks it
 * to, follows what others commit, and comes in by itself where nobody lets it in.
 */
export class CallGroup {
  readonly #turn = new Turn();
  #view: CallView | undefined;
  /** What the server asked for last: it says all that is wanted. */
  #asked: { readonly epoch: number; readonly wanted: VoiceWanted } | undefined;
  #entries = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    readonly engine: RemoteEngine,
    readonly names: { readonly stay: string; readonly session: string },
    readonly events: GroupEvents,
  ) {}

  get epoch(): number {
    return this.#view?.epoch ?? -1;
  }

  /** Goes on from how the group stands: at the beginning, and after the gateway was away. */
  resume(group: VoiceGroup): void {
    this.#later(async () => {
      if (group.gone) return await this.#enter();
      for (const commit of group.commits) await this.#follow(commit, null);
      if (group.switched >= 0) this.events.switched(group.switched);
      if (this.#view && this.#view.epoch < group.epoch) return await this.#enter();
      await this.#serve(group.epoch, group.wanted);
    });
    this.#expectEntry();
  }

  hear(words: GroupWords): void {
    switch (words.kind) {
      case "wanted":
        this.#asked = words;
        return this.#later(() => this.#serveLast());
      case "founded":
        return this.#expectEntry();
      case "commit":
        return this.#later(() => this.#follow(words.commit, words.welcome));
      case "switch":
        return this.#later(() => Promise.resolve(this.events.switched(words.epoch)));
    }
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#waiting);
    void this.engine.ask("endCall", this.names.stay).catch(() => undefined);
  }

  #later(step: () => Promise<void>): void {
    this.#turn.run(async () => {
      if (!this.#ended) await step();
    }).catch((error) => {
      if (!this.#ended) this.events.lost(error);
    });
  }

  /** Somebody is asked to add this device; where that does not come, it enters by itself. */
  #expectEntry(withinMs = ADDED_WITHIN_MS): void {
    if (this.#view || this.#waiting !== undefined) return;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      if (!this.#view) this.#later(() => this.#view ? Promise.resolve() : this.#enter());
    }, withinMs);
  }

  /** One commit for all that was asked for while this device was busy. */
  async #serveLast(): Promise<void> {
    const asked = this.#asked;
    // Of an epoch that is still to be taken in: the word that came with it is heard after it.
    if (asked?.epoch !== this.epoch) return;
    this.#asked = undefined;
    await this.#serve(asked.epoch, asked.wanted);
  }

  async #serve(epoch: number, wanted: VoiceWanted): Promise<void> {
    if (wanted.committer !== this.names.session) return;
    if (epoch === -1) return await this.#found();
    if (this.#view?.epoch !== epoch) return;
    const { stay } = this.names;
    const bundle = await this.engine.ask("commitCall", stay, {
      add: wanted.add.map(({ user, device, key_package }) => ({
        user,
        device,
        keyPackage: key_package,
      })),
      remove: wanted.remove.map(({ user, device }) => ({ user, device })),
    });
    if (bundle) await this.#hand(bundle, false);
  }

  async #found(): Promise<void> {
    if (this.#view) return;
    const { stay, session } = this.names;
    const { groupId, groupInfo, view } = await this.engine.ask("foundCall", stay);
    try {
      await callApi("foundVoiceGroup", {
        params: { session },
        body: { group_id: groupId, group_info: groupInfo },
      });
    } catch (error) {
      // Somebody else was first, who adds this device.
      if (isBehind(error)) return this.#expectEntry();
      throw error;
    }
    await this.#take(view);
  }

  /** Hands a commit in. @returns whether it counts */
  async #hand(bundle: CallBundle, external: boolean): Promise<boolean> {
    const { stay, session } = this.names;
    try {
      await callApi("commitVoiceGroup", {
        params: { session },
        body: {
          base_epoch: bundle.baseEpoch,
          commit: bundle.commit,
          ...(bundle.welcome === undefined ? {} : { welcome: bundle.welcome }),
          group_info: bundle.groupInfo,
          external,
        },
      });
    } catch (error) {
      if (!isBehind(error)) throw error;
      // The commit that came before is on its way here, and with it what is wanted then.
      await this.engine.ask("dropCallCommit", stay);
      return false;
    }
    await this.#take(await this.engine.ask("takeCall", stay, { commit: bundle.commit }));
    return true;
  }

  async #follow(commit: VoiceCommit, welcome: string | null): Promise<void> {
    const { stay } = this.names;
    try {
      if (!this.#view) {
        if (welcome !== null) {
          await this.#follows(await this.engine.ask("takeCall", stay, { welcome }));
        }
        return;
      }
      if (commit.epoch < this.#view.epoch) return;
      if (commit.epoch > this.#view.epoch) return await this.#enter();
      await this.#follows(await this.engine.ask("takeCall", stay, { commit: commit.commit }));
    } catch {
      // Whatever it was: what this device holds does not lead on.
      await this.#enter();
    }
  }

  /** Comes in from outside, by the group as it is now. */
  async #enter(): Promise<void> {
    const { stay, session } = this.names;
    if (++this.#entries > MAX_ENTRIES) {
      throw new Error("This device did not come into the group of the call.");
    }
    this.#view = undefined;
    const { group } = await callApi("getVoiceSession", { params: { session } });
    if (group.group_info === null) return await this.#serve(group.epoch, group.wanted);
    const bundle = await this.engine.ask("joinCallFromOutside", stay, group.group_info);
    // The commit that came before may be the one that lets this device in: it is heard first.
    if (!await this.#hand(bundle, true)) this.#expectEntry(RETRY_MS);
  }

  /** Takes a commit or a Welcome of somebody else in, and says so. */
  async #follows(view: CallView | undefined): Promise<void> {
    await this.#take(view);
    if (this.#ended || !view) return;
    const { session } = this.names;
    // Nothing here waits for it: unsaid, the others change keys after a while all the same.
    callApi("readyVoiceGroup", { params: { session }, body: { epoch: view.epoch } })
      .catch(() => undefined);
  }

  async #take(view: CallView | undefined): Promise<void> {
    if (this.#ended) return;
    this.#view = view;
    if (!view) return await this.#enter();
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#entries = 0;
    this.events.epoch(view);
  }
}

/** The server has gone on meanwhile. */
function isBehind(error: unknown): boolean {
  return error instanceof ApiError &&
    (error.code === "stale_epoch" || error.code === "roster_mismatch");
}
