import { equalBytes } from "../../../core/e2ee/bytes.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { deviceKey, findRegistered } from "../e2ee/registered_devices.ts";
import type { Call, Participant } from "./call.ts";
import type { VoiceDeps } from "./voice_deps.ts";
import { homeOf, voiceRights } from "./voice_place.ts";

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
    // Of a call elsewhere its server learns of devices by itself, and of accounts by this one.
    else void this.#judgeElsewhere(userId);
  }

  /** Signed-in sessions ended; undefined: all of the user's. */
  sessionsEnded(userId: UserId, sessionIds: readonly string[] | undefined): void {
    this.#deps.elsewhere.endSessions(userId, sessionIds);
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
    const { calls, users } = this.#deps;
    const present = [...call.participants.values()];
    const devices = await this.#devicesOf(present);
    const room = await this.#deps.rooms.open(call.roomId);
    const isHeld = room !== undefined && homeOf(room) === this.#deps.serverName;
    calls.rings.keep(call, (userId) => room?.authority.isJoined(userId) === true);
    const looks = await users.find(present.map(({ userId }) => userId));
    for (const participant of present) {
      const { session, userId, sessionId, device } = participant;
      const rights = await voiceRights(this.#deps, userId, call);
      if (!call.participants.has(session)) continue;
      if (!devices.has(`${sessionId}\n${deviceKey(device)}`)) calls.end(participant, "signed_out");
      else if (typeof rights === "string") calls.end(participant, rights);
      else if (!isHeld) calls.end(participant, "closed");
      else {
        const user = looks.get(userId) ?? participant.user;
        calls.change(participant, {
          maySpeak: rights.speak,
          mayPrioritize: rights.prioritize,
          mayShow: rights.show,
          bitrate: rights.bitrate,
          user,
        });
      }
    }
  }

  /** Which of them are devices still, by session and device. */
  async #devicesOf(
    present: readonly Pick<Participant, "sessionId" | "device">[],
  ): Promise<ReadonlySet<string>> {
    const rows = await this.#deps.sql<{ session_id: string; user: UserId; device: DeviceId }[]>`
      select d.session_id, d.user_id as user, d.device_id as device
      from devices d join users u using (user_id)
      where d.session_id = any(${present.map(({ sessionId }) => sessionId)})
        and d.certificate is not null and u.state = 'active'`;
    const here = rows.map((row) => `${row.session_id}\n${deviceKey(row)}`);
    const guests = present.filter(({ device }) => serverOf(device.user) !== this.#deps.serverName);
    if (guests.length === 0) return new Set(here);
    const registered = await findRegistered(
      this.#deps.sql,
      guests.map(({ device }) => device.user),
    );
    const keys = new Map(registered.map((each) => [deviceKey(each), each.signatureKey]));
    const there = guests.filter(({ device }) => {
      const key = keys.get(deviceKey(device));
      return key !== undefined && equalBytes(key, device.signatureKey);
    }).map(({ sessionId, device }) => `${sessionId}\n${deviceKey(device)}`);
    return new Set([...here, ...there]);
  }

  async #judgeElsewhere(userId: UserId): Promise<void> {
    const { elsewhere, log } = this.#deps;
    const stay = elsewhere.stayOf(userId);
    if (stay === undefined) return;
    try {
      if ((await this.#devicesOf([stay])).size === 0) elsewhere.end(userId, "signed_out");
    } catch (error) {
      // Its device's end is told to the call's server as well.
      log.log("error", "An account in a call elsewhere could not be looked at.", { error });
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
