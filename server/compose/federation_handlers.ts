import type { Blake3 } from "../../core/event/hash.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { keysHandler } from "../../federation/handle/keys.ts";
import { roomReadHandlers } from "../../federation/handle/read_handlers.ts";
import { PostgresRoomReader } from "../federation/room_reader.ts";
import type { AnyHandler } from "../http/federation/door.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { FederationParts } from "./federation.ts";
import type { InboundParts } from "./inbound.ts";
import type { MembershipParts } from "./memberships.ts";

/** Every operation that other servers may ask of this one. */
export function federationHandlers(
  deps: {
    readonly sql: Sql;
    readonly rooms: Rooms;
    readonly clock: Clock;
    readonly blake3: Blake3;
    readonly federation: FederationParts;
    readonly inbound: Pick<InboundParts, "handlers">;
    readonly memberships: Pick<MembershipParts, "handlers">;
  },
): AnyHandler[] {
  const rooms = new PostgresRoomReader(deps);
  return [
    ...deps.inbound.handlers,
    ...deps.memberships.handlers,
    ...roomReadHandlers({ ...deps, rooms, keys: deps.federation.keyRing }),
    keysHandler({ keys: deps.federation.keyRing }),
  ];
}
