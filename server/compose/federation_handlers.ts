import type { Log } from "../../core/ports/log.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { devicesHandler } from "../../federation/handle/devices.ts";
import { groupHandlers } from "../../federation/handle/groups.ts";
import { mediaHandler } from "../../federation/handle/media.ts";
import { profileHandler } from "../../federation/handle/profile.ts";
import { keysHandler } from "../../federation/handle/keys.ts";
import type { GroupDesk, VoiceDesk } from "../../federation/handle/ports.ts";
import { voiceHandlers } from "../../federation/handle/voice.ts";
import { roomReadHandlers } from "../../federation/handle/read_handlers.ts";
import { IntactEvents } from "../federation/intact_events.ts";
import { deviceReader } from "../federation/device_reader.ts";
import { fileReader } from "../federation/file_reader.ts";
import { profileReader } from "../federation/profile_reader.ts";
import { isCheckingRoom } from "../federation/joining_rows.ts";
import { PostgresRoomReader } from "../federation/room_reader.ts";
import type { AnyHandler } from "../http/federation/door.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { ErasureParts } from "./erasure.ts";
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
    readonly log: Log;
    readonly federation: FederationParts;
    readonly inbound: Pick<InboundParts, "handlers">;
    readonly memberships: Pick<MembershipParts, "handlers">;
    readonly serverName: ServerName;
    readonly blobs: BlobStore;
    readonly erasure: Pick<ErasureParts, "handler">;
    readonly groups: GroupDesk;
    readonly voice: VoiceDesk;
  },
): AnyHandler[] {
  const rooms = new PostgresRoomReader({ ...deps, intact: new IntactEvents(deps) });
  return [
    ...deps.inbound.handlers,
    ...deps.memberships.handlers,
    ...roomReadHandlers({ ...deps, rooms, keys: deps.federation.keyRing }),
    keysHandler({ keys: deps.federation.keyRing, isChecking: () => isCheckingRoom(deps.sql) }),
    deps.erasure.handler,
    ...groupHandlers({ rooms, groups: deps.groups }),
    ...voiceHandlers({ rooms, voice: deps.voice }),
    devicesHandler({ devices: deviceReader({ sql: deps.sql, rooms }) }),
    profileHandler({ profiles: profileReader(deps) }),
    mediaHandler({ ...deps, rooms, files: fileReader(deps) }),
  ];
}
