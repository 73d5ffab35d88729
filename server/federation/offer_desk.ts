import { OperationError } from "../../core/errors.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { OfferDesk, RoomOffer } from "../../federation/membership_ports.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { isResident } from "./resident_rooms.ts";

/** Joins by role under way at once; whoever offers more is told to come again. */
const UNDER_WAY_MAX = 64;
/** Those of one offering server: joins that never succeed fill up its own places alone. */
const UNDER_WAY_ORIGIN_MAX = 8;
/** A join that could not be made now is tried so often, after pauses that double (ms). */
const TRIES_MAX = 8;
const RETRY_FIRST_MS = 2000;
/** When whoever offers is told to come again (ms). */
const AGAIN_MS = 5000;

/** A join that an offer of this server began. */
interface UnderWay {
  readonly origin: ServerName;
  readonly joined: Promise<void>;
}

type OfferDeps = Pick<ChatDeps, "clock" | "log"> & {
  readonly rooms: {
    open(roomId: RoomId): Promise<Pick<Room, "authority" | "checking"> | undefined>;
  };
  readonly remote: Pick<RemoteRooms, "join">;
};

/**
 * Lets our users into private channels that a role of their guild opens, when the channel's
 * custodian says so and the guild is known to both. Refusal is silence. PROTOCOL.md 9.
 */
export class JoiningOfferDesk implements OfferDesk, AsyncDisposable {
  readonly #deps: OfferDeps;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #stopping = new AbortController();

  constructor(deps: OfferDeps) {
    this.#deps = deps;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#underWay.values()].map(({ joined }) => joined));
  }

  /**
   * @throws OperationError `unavailable` where nothing can be decided yet: an offer is made once,
   *   so that its server has to keep it until then.
   */
  async receive(offer: RoomOffer): Promise<void> {
    const { origin, roomId, guildId, user } = offer;
    const guild = await this.#deps.rooms.open(guildId);
    if (guild === undefined || !guild.authority.isJoined(user)) return;
    if (!isResident(guild.authority, origin)) return;
    const key = `${origin} ${roomId} ${user}`;
    if (this.#underWay.has(key)) return;
    if (guild.checking !== undefined || this.#isFullFor(origin)) {
      throw new OperationError("unavailable", "This offer cannot be taken up yet.", {
        details: { retry_after_ms: AGAIN_MS },
      });
    }
    const joined = this.#join(offer).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, { origin, joined });
  }

  #isFullFor(origin: ServerName): boolean {
    if (this.#underWay.size >= UNDER_WAY_MAX) return true;
    const theirs = [...this.#underWay.values()].filter((each) => each.origin === origin);
    return theirs.length >= UNDER_WAY_ORIGIN_MAX;
  }

  async #join({ origin, roomId, user }: RoomOffer): Promise<void> {
    const { remote, clock, log } = this.#deps;
    const { signal } = this.#stopping;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        return await remote.join({ user, roomId, servers: [origin] });
      } catch (error) {
        const again = error instanceof OperationError && error.code === "unavailable" &&
          tries < TRIES_MAX;
        log.log("info", "A private channel that was offered could not be joined.", {
          room: roomId,
          server: origin,
          again,
          error,
        });
        if (!again) return;
      }
      await clock.sleep(RETRY_FIRST_MS * 2 ** (tries - 1), signal).catch(() => undefined);
    }
  }
}
