import type { OfferDesk, RoomOffer } from "../../federation/membership_ports.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { isResident, openResident } from "./resident_rooms.ts";

/** Joins by role under way at once; further offers come again when roles change. */
const UNDER_WAY_MAX = 64;

type OfferDeps = Pick<ChatDeps, "rooms" | "log" | "serverName"> & {
  readonly remote: Pick<RemoteRooms, "join">;
};

/**
 * Lets our users into private channels that a role of their guild opens, when the channel's
 * custodian says so and the guild is known to both. Refusal is silence. PROTOCOL.md 9.
 */
export class JoiningOfferDesk implements OfferDesk {
  readonly #deps: OfferDeps;
  readonly #underWay = new Set<string>();

  constructor(deps: OfferDeps) {
    this.#deps = deps;
  }

  async receive({ origin, roomId, guildId, user }: RoomOffer): Promise<void> {
    const { remote, log } = this.#deps;
    const guild = await openResident(this.#deps, guildId);
    if (guild === undefined || !guild.authority.isJoined(user)) return;
    if (!isResident(guild.authority, origin)) return;
    const key = `${roomId} ${user}`;
    if (this.#underWay.has(key) || this.#underWay.size >= UNDER_WAY_MAX) return;
    this.#underWay.add(key);
    remote.join({ user, roomId, servers: [origin] })
      .catch((error) =>
        log.log("info", "A private channel that was offered could not be joined.", {
          room: roomId,
          server: origin,
          error,
        })
      )
      .finally(() => this.#underWay.delete(key));
  }
}
