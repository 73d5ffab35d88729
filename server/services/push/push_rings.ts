import type { RingEnd } from "../../../core/api/ringing.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { RingListener, VoiceRef } from "../../http/gateway/voice_board.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { PushQueue } from "./push_queue.ts";
import { findPushTargets, type PushTarget } from "./push_rows.ts";
import { wantsCall } from "./whom_to_tell.ts";

type RingsDeps =
  & Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "preferences">
  & { readonly queue: Pick<PushQueue, "add"> };

/**
 * Tells devices that it rings, and that it does no longer. At once, unlike messages: who looks at a
 * page hears it there, and the worker of that browser shows nothing beside it.
 */
export class PushRings implements RingListener, AsyncDisposable {
  readonly #deps: RingsDeps;
  /** Devices that were told, by who is rung and where; bounded as the rings are. */
  readonly #told = new Map<string, Promise<readonly PushTarget[]>>();

  constructor(deps: RingsDeps) {
    this.#deps = deps;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#told.values());
  }

  begun(userId: UserId, ref: VoiceRef): void {
    this.#told.set(keyOf(userId, ref), this.#tell(userId, ref));
  }

  ended(userId: UserId, ref: VoiceRef, reason: RingEnd): void {
    const key = keyOf(userId, ref);
    const telling = this.#told.get(key);
    if (telling === undefined) return;
    this.#told.delete(key);
    void telling.then((targets) => {
      for (const target of targets) {
        const missed = reason === "missed";
        this.#deps.queue.add(target, { v: 1, kind: "call_over", room_id: ref.roomId, missed });
      }
    });
  }

  /** The devices that were told. */
  async #tell(userId: UserId, ref: VoiceRef): Promise<readonly PushTarget[]> {
    const { sql, clock, log, queue } = this.#deps;
    try {
      const targets = await findPushTargets(sql, [userId], clock.now());
      if (targets.length === 0 || !await wantsCall(this.#deps, userId, ref)) return [];
      for (const target of targets) queue.add(target, { v: 1, kind: "call", room_id: ref.roomId });
      return targets;
    } catch (error) {
      log.log("error", "Nobody could be told of a call.", { error });
      return [];
    }
  }
}

function keyOf(userId: UserId, { roomId, channelId }: VoiceRef): string {
  return `${userId} ${roomId}/${channelId}`;
}
