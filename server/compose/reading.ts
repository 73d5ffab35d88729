import type { EventId } from "../../core/ids/event_id.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Bus } from "../../core/ports/bus.ts";
import { EduSender } from "../../federation/edus/send_edus.ts";
import { PresenceSender } from "../../federation/edus/send_presence.ts";
import { AskOrder } from "../../federation/perform/ask_order.ts";
import { Backfiller } from "../../federation/perform/backfill.ts";
import { GapFiller } from "../../federation/perform/missing.ts";
import type { Config } from "../config/config.ts";
import { eduRooms } from "../federation/edu_rooms.ts";
import { gapWatch } from "../federation/gap_watch.ts";
import { PostgresHistoryStore } from "../federation/history_store.ts";
import { RemoteProfiles } from "../federation/remote_profiles.ts";
import type { Live } from "../http/live.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { MediaDeps } from "../services/media/media_deps.ts";
import type { RemoteHistoryDesk } from "../services/messages/remote_history.ts";
import { subscribeRelationshipNotices } from "../services/relationships/relationship_notice.ts";
import type { ReadNotice } from "../services/reads/mark_read.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import { RemoteMedia } from "../services/media/remote/remote_media.ts";
import type { FederationParts } from "./federation.ts";
import type { HearBy } from "./heard.ts";
import type { InboundParts } from "./inbound.ts";
import { mediaVisibility } from "./media.ts";
import type { OutboundParts } from "./outbound.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/** What this server has from others, and tells them, beside events. */
export interface ReadingParts {
  readonly history: RemoteHistoryDesk;
  readonly profiles: RemoteProfiles;
  readonly media: RemoteMedia;
  /** How far somebody has read, for the servers of the channel's readers. */
  readonly announceRead: (notice: ReadNotice) => void;
}

export interface ReadingInput {
  readonly store: StoreParts;
  readonly bus: Bus;
  readonly serverName: ServerName;
  readonly chat: ChatDeps;
  readonly media: MediaDeps;
  readonly live: Live;
  readonly federation: FederationParts;
  readonly inbound: Pick<InboundParts, "ingest">;
  readonly outbound: OutboundParts;
  readonly hearBy: HearBy;
  readonly stack: AsyncDisposableStack;
}

/** History, profiles and files of other servers, and what is told to them about people here. */
export function composeReading(
  config: Pick<Config, "federation">,
  system: SystemParts,
  input: ReadingInput,
): ReadingParts {
  const { chat, federation, outbound, serverName: self, stack, store } = input;
  const log = system.log.child({ part: "federation" });
  const { transport, policy } = federation;
  const { rooms } = chat;
  const { sql } = store.database;
  const order = new AskOrder(system.clock, (server) => outbound.engine.isAway(server));
  const historyStore = new PostgresHistoryStore({ sql, rooms, self });
  const asking = {
    clock: system.clock,
    log,
    transport,
    order,
    ingest: input.inbound.ingest,
    store: historyStore,
  };
  const history = new Backfiller(asking);
  const gaps = new GapFiller(asking);
  const profiles = new RemoteProfiles({
    ...system,
    log,
    sql,
    bus: input.bus,
    self,
    transport,
    policy,
  });
  const media = new RemoteMedia({
    ...input.media,
    transport,
    order,
    visibility: mediaVisibility(chat),
    readersOf: (channel) => historyStore.readers(channel),
  });
  const parts = [history, gaps, profiles, media];
  stack.defer(() => {
    for (const part of parts) part.stop();
  });
  const notice = gapWatch({ sql, self, log, notice: (channel) => gaps.notice(channel) });
  stack.defer(store.feed.subscribe(notice));
  chat.users.watch((ids) => profiles.notice(ids));
  input.hearBy({ profile: (user) => profiles.changed(user) });
  return { history, profiles, media, announceRead: tellOthers(config, system, input) };
}

/** Typing, presence, changed profiles and read markers of people here. */
function tellOthers(
  config: Pick<Config, "federation">,
  system: SystemParts,
  { bus, chat, live, outbound, serverName: self, stack, store }: ReadingInput,
): (notice: ReadNotice) => void {
  const log = system.log.child({ part: "federation" });
  const rooms = eduRooms({ sql: store.database.sql, rooms: chat.rooms });
  const { sendPresence, sendReadMarkers: readMarkers } = config.federation;
  const edus = new EduSender({ self, rooms, outbound: outbound.engine, readMarkers, log });
  stack.defer(subscribeAccountEvents({ bus, log: system.log }, (event) => {
    if (event.kind === "profile_changed") edus.profile(event.user_id as UserId);
  }));
  live.typing.watch((userId, place) => edus.typing(userId as UserId, place));
  if (sendPresence) {
    const presence = stack.use(
      new PresenceSender({
        self,
        rooms,
        outbound: outbound.engine,
        shownOf: (user) => live.presences.of(user),
        clock: system.clock,
        log,
      }),
    );
    live.presences.watchOwn((userId) => presence.changed(userId as UserId));
    stack.defer(subscribeRelationshipNotices(bus, ({ userId, other }) => {
      presence.related(userId, other);
    }));
    stack.defer(store.feed.subscribe(({ events }) => {
      for (const { type, stateKey, roomId, outcome } of events) {
        if (type !== "m.room.member" || outcome !== "accepted") continue;
        presence.joined(roomId, stateKey as UserId);
      }
    }));
  }
  return ({ userId, state }) => {
    if (state.last_read_id === null) return;
    const channel = {
      roomId: state.room_id as RoomId,
      channelId: state.channel_id as ChannelId,
    };
    const readTo = state.last_read_id as EventId;
    void chat.preferences.of(userId).then((preferences) => {
      if (preferences.share_read) edus.read(userId, channel, readTo);
    }).catch((error) => log.log("warn", "A read marker could not be told.", { error }));
  };
}
