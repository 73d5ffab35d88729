import type { RingWord } from "../../core/api/federation/voice.ts";
import { type RingEnd, RINGING } from "../../core/api/ringing.ts";
import type { User } from "../../core/api/user.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { OperationError } from "../../core/errors.ts";
import { parseChannelId } from "../../core/ids/channel_id.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { Log } from "../../core/ports/log.ts";
import type { VoiceBoard, VoiceRef } from "../http/gateway/voice_board.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { isConversation } from "../services/dms/is_conversation.ts";
import { hasBlocked } from "../services/relationships/relationship_rows.ts";
import type { JoinDeps } from "../services/voice/join_deps.ts";
import type { Missed } from "../services/voice/missed_calls.ts";
import { showAgain } from "../services/voice/ring_people.ts";
import { homeOf, voiceRights } from "../services/voice/voice_place.ts";

/** Somebody of this server is called in a call of another one. */
interface Ring extends VoiceRef {
  readonly server: ServerName;
  readonly userId: UserId;
  readonly by: User;
  /** Monotonic. */
  readonly untilMs: number;
}

export interface RemoteRingDeps
  extends
    Pick<ChatDeps, "sql" | "rooms" | "users" | "throttle" | "clock" | "serverName">,
    Pick<JoinDeps, "announceConversation"> {
  readonly board: Pick<VoiceBoard, "ring" | "ringEnded">;
  readonly log: Log;
  /** Whether pages of this server offer calls at all. */
  readonly offered: boolean;
  /** Somebody of this server was rung and did not come. */
  readonly missed: (missed: readonly Omit<Missed, "ts">[]) => void;
}

/** Whether a user of this server is in the call that rings. */
type IsCalling = (user: UserId, call: VoiceRef & { readonly server: ServerName }) => boolean;

/**
 * Who of this server is rung for calls that others hold. What another server says is judged here
 * as if its calls were this one's: by membership, blocks and bounds; whom it may not ring, hears
 * nothing, and it learns nothing. PROTOCOL.md, "Voice" (across servers).
 */
export class RemoteRings {
  readonly #deps: RemoteRingDeps;
  /** By the user and the channel. */
  readonly #rings = new Map<string, Ring>();

  constructor(deps: RemoteRingDeps) {
    this.#deps = deps;
  }

  /** Takes a word of another server; one that it may not say is dropped. */
  async hear(server: ServerName, word: RingWord, isCalling: IsCalling): Promise<void> {
    const named = readPlace(word.d);
    if (named === undefined) return;
    const { userId, ...ref } = named;
    if (word.t === "voice.ring") {
      const by = parseUserId(word.d.by);
      if (by === undefined || by === userId) return;
      const call = { ...ref, server };
      // Of people of this server it is known here whether they are in that call.
      if (serverOf(by) === this.#deps.serverName && !isCalling(by, call)) return;
      await this.#begin({ ...call, userId, by, leftMs: word.d.left_ms });
    } else if (this.#rings.get(keyOf(userId, ref))?.server === server) {
      this.end(userId, ref, word.d.reason);
    }
  }

  /** It does not ring there any more, on any device of the user. */
  end(userId: UserId, ref: VoiceRef, reason: RingEnd): void {
    const key = keyOf(userId, ref);
    const ring = this.#rings.get(key);
    if (ring === undefined) return;
    this.#rings.delete(key);
    const { board, missed } = this.#deps;
    board.ringEnded(userId, ref, reason);
    if (reason !== "missed") return;
    missed([{ userId, roomId: ref.roomId, by: ring.by.id as UserId }]);
  }

  /** What its server says nothing of ends by itself. */
  tick(nowMs: number): void {
    for (const ring of [...this.#rings.values()]) {
      if (ring.untilMs <= nowMs) this.end(ring.userId, ring, "missed");
    }
  }

  /** This server stops: who did not come has missed it. */
  close(): void {
    this.tick(Number.POSITIVE_INFINITY);
  }

  async #begin(
    ring: Omit<Ring, "by" | "untilMs"> & { readonly by: UserId; readonly leftMs: number },
  ): Promise<void> {
    const { board, users, clock, log } = this.#deps;
    const { userId, server, leftMs } = ring;
    try {
      if (!this.#hasRoom(ring) || !await this.#may(ring)) return;
      await this.#takeTurn(ring);
      const by = (await users.find([ring.by])).get(ring.by);
      if (by === undefined) return;
      await showAgain(this.#deps, userId, ring.roomId);
      const key = keyOf(userId, ring);
      if (!this.#hasRoom(ring) || this.#rings.has(key)) return;
      const untilMs = clock.monotonic() + leftMs;
      this.#rings.set(key, { ...ring, by, untilMs });
      board.ring(userId, ring, { by, untilMs });
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      log.log("info", "A server rings people here too often.", { server, error });
    }
  }

  #hasRoom({ server, userId }: Pick<Ring, "server" | "userId">): boolean {
    const present = [...this.#rings.values()];
    return present.filter((each) => each.userId === userId).length < RINGING.elsewherePerUser &&
      present.filter((each) => each.server === server).length < RINGING.elsewherePerServer;
  }

  /** Whether this server holds calls there, and may ring this user in the name of that one. */
  async #may(
    { server, userId, by, ...ref }: VoiceRef & {
      readonly server: ServerName;
      readonly userId: UserId;
      readonly by: UserId;
    },
  ): Promise<boolean> {
    const { rooms, sql, serverName, offered } = this.#deps;
    if (!offered || serverOf(userId) !== serverName) return false;
    const room = await rooms.open(ref.roomId);
    if (room === undefined || !isConversation(room) || homeOf(room) !== server) return false;
    if (!isServerAllowed(room.authority.view, server)) return false;
    if (!room.authority.isJoined(by)) return false;
    if (typeof await voiceRights(this.#deps, userId, ref) === "string") return false;
    return !await hasBlocked(sql, [userId, by]);
  }

  /** @throws OperationError `rate_limited` */
  async #takeTurn(
    { server, userId, by, roomId }: VoiceRef & {
      readonly server: ServerName;
      readonly userId: UserId;
      readonly by: UserId;
    },
  ): Promise<void> {
    await this.#deps.throttle.take("calls that ring", [
      { policy: "voiceRingServer", who: server },
      { policy: "voiceRing", who: `to ${userId}` },
      { policy: "voiceRingRoom", who: `${by} ${roomId} to ${userId}` },
    ]);
  }
}

function keyOf(userId: UserId, { roomId, channelId }: VoiceRef): string {
  return `${userId} ${roomId}/${channelId}`;
}

function readPlace(
  { room_id, channel_id, user }: {
    readonly room_id: string;
    readonly channel_id: string;
    readonly user: string;
  },
): (VoiceRef & { readonly userId: UserId }) | undefined {
  const roomId = parseRoomId(room_id);
  const channelId = parseChannelId(channel_id);
  const userId = parseUserId(user);
  return roomId === undefined || channelId === undefined || userId === undefined
    ? undefined
    : { roomId, channelId, userId };
}
