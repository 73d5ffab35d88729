import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { RoomGraphOptions } from "../../core/state/room_graph.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Signer } from "../keys/signer.ts";
import { Rooms } from "../rooms/rooms.ts";
import type { PinnedSettings } from "../services/accounts/pinned_settings.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { Throttle } from "../services/accounts/throttle.ts";
import { setPresence } from "../services/accounts/update_profile.ts";
import { AwayServers } from "../services/federation/away_servers.ts";
import type { ChatDeps, PresenceOf } from "../services/chat/chat_deps.ts";
import { NonceBook } from "../services/messages/nonce_book.ts";
import { SlowMode } from "../services/messages/slow_mode.ts";
import { publishJoinNotice, subscribeJoinNotices } from "../services/sync/join_notice.ts";
import { ChatSource } from "../services/sync/chat_source.ts";
import type { ServerFacts } from "../services/sync/snapshot.ts";
import type { ReadNotice } from "../services/reads/mark_read.ts";
import {
  publishReadNotice,
  subscribeReadNotices,
  subscribeSeenNotices,
} from "../services/reads/read_notice.ts";
import {
  publishThreadNotice,
  subscribeThreadNotices,
  type ThreadNotice,
} from "../services/threads/thread_notice.ts";
import {
  type NotifyNotice,
  publishNotifyNotice,
  subscribeNotifyNotices,
} from "../services/notify/notify_notice.ts";
import { subscribeGroupNotices } from "../services/e2ee/group_notice.ts";
import { subscribeDeviceNotices } from "../services/e2ee/device_notice.ts";
import { subscribeRelationshipNotices } from "../services/relationships/relationship_notice.ts";
import { PreferenceBook } from "../services/users/preference_book.ts";
import { UserDirectory } from "../services/users/user_directory.ts";
import { createBlake3 } from "../system/blake3.ts";
import type { StoreParts, SystemParts } from "./store.ts";

export interface ChatParts {
  readonly deps: ChatDeps;
  readonly source: ChatSource;
  /** How far someone has read: told to all of their devices, on every process. */
  readonly announceRead: (notice: ReadNotice) => void;
  readonly announceNotify: (notice: NotifyNotice) => void;
  readonly announceThread: (notice: ThreadNotice) => void;
}

export interface ChatInput {
  readonly store: StoreParts;
  readonly bus: Bus;
  readonly signer: Signer;
  readonly serverName: ServerName;
  readonly server: ServerFacts;
  readonly publicUrl: string;
  readonly pinned: PinnedSettings;
  readonly throttle: Throttle;
  /** Answered by the gateway once it stands. */
  readonly presenceOf: PresenceOf;
  /** Measures each resolution of a state. */
  readonly timed: NonNullable<RoomGraphOptions["timed"]>;
  readonly stack: AsyncDisposableStack;
}

/** Rooms, their services and the stream of what happens in them. */
export async function composeChat(
  system: SystemParts,
  input: ChatInput,
): Promise<ChatParts> {
  const { store, bus, stack } = input;
  const { sql } = store.database;
  const rooms = new Rooms({
    ...system,
    sql,
    log: store.appendLog,
    serverName: input.serverName,
    signer: input.signer,
    graph: { timed: input.timed },
    blake3: await createBlake3(),
  });
  const deps: ChatDeps = {
    ...system,
    sql,
    rooms,
    users: new UserDirectory({ sql, clock: system.clock }),
    preferences: new PreferenceBook({ sql, clock: system.clock }),
    throttle: input.throttle,
    nonces: new NonceBook(sql),
    slowMode: new SlowMode(sql, system.clock),
    presenceOf: input.presenceOf,
    away: new AwayServers(),
    pinned: input.pinned,
    serverName: input.serverName,
    publicUrl: input.publicUrl,
  };
  const source = new ChatSource({
    ...deps,
    server: input.server,
    savePresence: async (caller, presence) => {
      if (presence !== "offline") await setPresence({ sql, bus }, caller, presence);
    },
    catchUp: () => store.feed.catchUp(),
    conversationIsBack: (userId, roomId) =>
      publishJoinNotice(bus, { kind: "conversation", userId, roomId }),
    ownWriterId: () => store.appendLog.writerId,
  }, store.feed.token);
  stack.defer(store.feed.subscribe((batch) => source.take(batch)));
  stack.defer(subscribeAccountEvents({ bus, log: system.log }, (event) => {
    if (event.kind === "profile_changed") source.announceUser(event.user_id as UserId);
    if (event.kind === "preferences_changed") {
      deps.preferences.forget(event.user_id as UserId);
      source.announceQuiet(event.user_id as UserId);
    }
  }));
  stack.defer(subscribeJoinNotices(bus, (notice) => source.announceJoin(notice)));
  stack.defer(
    subscribeRelationshipNotices(bus, (notice) => source.announceRelationship(notice)),
  );
  stack.defer(subscribeGroupNotices(bus, (notice) => source.announceGroup(notice)));
  stack.defer(subscribeDeviceNotices(bus, (notice) => source.announceDevices(notice)));
  stack.defer(subscribeReadNotices(bus, (notice) => source.announceRead(notice)));
  stack.defer(subscribeNotifyNotices(bus, (notice) => source.announceNotify(notice)));
  stack.defer(subscribeThreadNotices(bus, (notice) => source.announceThread(notice)));
  stack.defer(subscribeSeenNotices(bus, (notice) => source.announceSeen(notice)));
  return {
    deps,
    source,
    announceRead: (notice) => publishReadNotice(bus, notice),
    announceNotify: (notice) => publishNotifyNotice(bus, notice),
    announceThread: (notice) => publishThreadNotice(bus, notice),
  };
}
