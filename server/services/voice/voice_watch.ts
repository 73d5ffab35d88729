import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Call } from "./call.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { voiceRights } from "./voice_place.ts";

/** What waits for time in calls is looked at this often. */
const TICK_MS = 200;
/** Rights change by time too (timeouts end), and a word may be lost: all is looked at so often. */
const LOOK_MS = 30_000;

/**
 * Keeps calls in step with what their participants may do: whoever loses the right to be in a
 * call, the account or the session is out of it at once, whoever loses SPEAK is not heard any more.
 */
export class VoiceWatch implements AsyncDisposable {
  readonly #deps: VoiceDeps;
  readonly #stopping = new AbortController();
  /** Calls that are being looked at; true: once more afterwards. */
  readonly #looking = new Map<Call, boolean>();

  constructor(deps: VoiceDeps) {
    this.#deps = deps;
    void this.#follow();
  }

  /** Something in a room decides anew who may do what there. */
  roomChanged(roomId: RoomId): void {
    for (const call of this.#deps.calls.all()) {
      if (call.roomId === roomId) this.look(call);
    }
  }

  /** An account may have been suspended, locked or closed, or its devices are others. */
  accountChanged(userId: UserId): void {
    const participant = this.#deps.calls.ofUser(userId);
    if (participant !== undefined) this.look(participant.call);
  }

  /** Signed-in sessions ended; undefined: all of the user's. */
  sessionsEnded(userId: UserId, sessionIds: readonly string[] | undefined): void {
    const participant = this.#deps.calls.ofUser(userId);
    if (participant === undefined) return;
    if (sessionIds === undefined || sessionIds.includes(participant.sessionId)) {
      this.#deps.calls.end(participant, "signed_out");
    }
  }

  /** Looks at everybody in a call, and once more where something changed meanwhile. */
  look(call: Call): void {
    const isLooking = this.#looking.has(call);
    this.#looking.set(call, isLooking);
    if (!isLooking) void this.#lookUntilSettled(call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#deps.calls.endAll();
    await Promise.resolve();
  }

  async #lookUntilSettled(call: Call): Promise<void> {
    try {
      do {
        this.#looking.set(call, false);
        await this.#judge(call);
      } while (this.#looking.get(call) === true);
    } catch (error) {
      // The next look comes by itself.
      this.#deps.log.log("error", "Rights in a call could not be looked at.", { error });
    } finally {
      this.#looking.delete(call);
    }
  }

  async #judge(call: Call): Promise<void> {
    const { calls, sql, users } = this.#deps;
    const present = [...call.participants.values()];
    const rows = await sql<{ session_id: string; device_id: string }[]>`
      select d.session_id, d.device_id from devices d join users u using (user_id)
      where d.session_id = any(${present.map(({ sessionId }) => sessionId)})
        and d.certificate is not null and u.state = 'active'`;
    const devices = new Map(rows.map((row) => [row.session_id, row.device_id]));
    const room = await this.#deps.rooms.open(call.roomId);
    calls.rings.keep(call, (userId) => room?.authority.isJoined(userId) === true);
    const looks = await users.find(present.map(({ userId }) => userId));
    for (const participant of present) {
      const { session, userId, sessionId, device } = participant;
      const rights = await voiceRights(this.#deps, userId, call);
      if (!call.participants.has(session)) continue;
      if (devices.get(sessionId) !== device.device) calls.end(participant, "signed_out");
      else if (typeof rights === "string") calls.end(participant, rights);
      else {
        const user = looks.get(userId) ?? participant.user;
        calls.change(participant, { maySpeak: rights.speak, bitrate: rights.bitrate, user });
      }
    }
  }

  async #follow(): Promise<void> {
    const { clock, calls } = this.#deps;
    let lookedMs = clock.monotonic();
    for (;;) {
      try {
        await clock.sleep(TICK_MS, this.#stopping.signal);
      } catch {
        return;
      }
      calls.tick();
      if (clock.monotonic() - lookedMs < LOOK_MS) continue;
      lookedMs = clock.monotonic();
      for (const call of calls.all()) this.look(call);
    }
  }
}
