import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { type CountedByWay, type MediaStats, noStats } from "../../voice/sfu/media.ts";
import type { SfuStats } from "../../voice/sfu/sfu.ts";
import type { MediaDoor } from "../voice/media_door.ts";
import { wantsVoice } from "../config/voice_addresses.ts";
import type { Config } from "../config/config.ts";
import type { Live } from "../http/live.ts";
import type { Metrics, RoomFigures, VoiceFigures } from "../metrics/metrics.ts";
import type { Database } from "../postgres/database.ts";
import { LOCK_CLASS } from "../postgres/lock_keys.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { Calls } from "../services/voice/calls.ts";
import { subscribeDeviceNotices } from "../services/e2ee/device_notice.ts";
import type { Missed } from "../services/voice/missed_calls.ts";
import { keepMissed } from "../services/voice/ring_people.ts";
import type { JoinDeps } from "../services/voice/join_deps.ts";
import { VoiceWatch } from "../services/voice/voice_watch.ts";
import type { VoiceDesk } from "../../federation/handle/ports.ts";
import { RemoteCalls } from "../federation/remote_calls.ts";
import { RemoteRings } from "../federation/remote_rings.ts";
import type { RemoteDevices } from "../federation/remote_devices.ts";
import { voiceDesk } from "../federation/voice_desk.ts";
import { VoiceGuests } from "../federation/voice_guests.ts";
import { VoiceTokens } from "../federation/voice_tokens.ts";
import type { FederationParts } from "./federation.ts";
import type { SystemParts } from "./store.ts";

export interface VoiceParts {
  readonly deps: JoinDeps;
  /** For other servers. */
  readonly desk: VoiceDesk;
}

/** Calls, who may be in them, and what their routes need. */
export function composeVoice(
  config: Config,
  system: SystemParts,
  input: {
    readonly media: MediaDoor;
    readonly bus: Bus;
    readonly live: Live;
    readonly metrics: Metrics;
    readonly database: Database;
    readonly chat: ChatDeps;
    readonly announceConversation: JoinDeps["announceConversation"];
    readonly federation: FederationParts;
    readonly devices: RemoteDevices;
    readonly stack: AsyncDisposableStack;
  },
): VoiceParts {
  const { media, live, metrics, chat, database, announceConversation, stack } = input;
  const { maxCalls, maxParticipants, maxShown, videoKilobits } = config.voice;
  const log = system.log.child({ part: "voice" });
  // What is missed as the server stops is kept too.
  const keeping = new Set<Promise<void>>();
  stack.defer(async () => {
    await Promise.all(keeping);
  });
  const keep = (missed: readonly Omit<Missed, "ts">[]) => {
    const ts = system.clock.now();
    const kept = keepMissed(deps, missed.map((each) => ({ ...each, ts })))
      .catch((error) => log.log("error", "Missed calls could not be kept.", { error }))
      .finally(() => keeping.delete(kept));
    keeping.add(kept);
  };
  const calls = new Calls(
    {
      ...system,
      media,
      board: live.voice,
      meter: metrics,
      // Of those who are elsewhere their servers keep it.
      missed: ({ roomId }, rings) =>
        keep(
          rings.filter(({ userId }) => serverOf(userId) === chat.serverName)
            .map(({ userId, by }) => ({ userId, roomId, by: by.id as UserId })),
        ),
    },
    { maxCalls, maxParticipants, maxShown, videoBitrate: videoKilobits * 1000 },
  );
  const { transport, policy, self } = input.federation;
  const between = { ...chat, calls, transport, policy, self, log, board: live.voice };
  const offered = wantsVoice(config);
  const rings = new RemoteRings({ ...between, announceConversation, offered, missed: keep });
  const elsewhere = stack.use(new RemoteCalls({ ...between, rings }));
  const guests = stack.use(new VoiceGuests(between));
  live.voice.tellElsewhere(guests);
  const deps = { ...chat, calls, elsewhere, board: live.voice, log };
  const watch = stack.use(new VoiceWatch(deps));
  followEnds(watch, { ...input, calls, log });
  if (media.absence === undefined) metrics.observeVoice(() => figures(media.sfu, calls, config));
  const join: JoinDeps = {
    ...deps,
    watch,
    announceConversation,
    claimCalls: () => claimCalls(database),
  };
  const tokens = new VoiceTokens(system);
  const { devices } = input;
  const desk = voiceDesk({ ...join, guests, tokens, devices, remoteCalls: elsewhere });
  return { deps: join, desk };
}

/** What ends stays: lost connections and rights, accounts, sessions and devices that end. */
function followEnds(
  watch: VoiceWatch,
  { live, calls, log, bus, stack }: {
    readonly live: Live;
    readonly calls: Calls;
    readonly log: Log;
    readonly bus: Bus;
    readonly stack: AsyncDisposableStack;
  },
): void {
  live.hub.onGone((sessionId) => calls.lostGateway(sessionId));
  live.hub.onUpdate(({ partial }) => {
    if (partial?.control === true) watch.roomChanged(partial.roomId);
  });
  stack.defer(subscribeAccountEvents({ bus, log }, (event) => {
    if (event.kind === "account_changed") watch.accountChanged(event.user_id as UserId);
    if (event.kind !== "sessions_revoked") return;
    watch.sessionsEnded(event.user_id as UserId, event.session_ids ?? undefined);
  }));
  stack.defer(subscribeDeviceNotices(bus, (notice) => {
    if (notice.kind === "devices") watch.accountChanged(notice.userId);
  }));
}

/**
 * One process of a server holds its calls: the first that somebody joins one on, as long as it
 * lives. The lock hangs on the connection that is kept; taking it again changes nothing.
 */
async function claimCalls({ kind, session }: Database): Promise<boolean> {
  if (kind === "embedded") return true;
  const [row] = await session<{ held: boolean }[]>`
    select pg_try_advisory_lock(${LOCK_CLASS.voiceCalls}, 0) as held`;
  return row?.held === true;
}

function figures(sfu: MediaDoor["sfu"], calls: Calls, { voice }: Config): VoiceFigures {
  const stats = sfu?.stats() ?? NO_CALLS;
  return {
    callSizes: [...calls.all()].map(({ participants }) => participants.size),
    connected: stats.connected,
    engine: sfu?.engine ?? "none",
    rooms: roomsOf(stats),
    packets: [...packetsOf(stats), ...byTransport(stats, "dropped", "packetsDropped")],
    bytes: bytesOf(stats),
    handshakesFailed: stats.handshakesFailed,
    bounds: [
      ["calls", voice.maxCalls],
      ["participants", voice.maxParticipants],
      ["speakers", voice.maxSpeakers],
      ["megabits", voice.maxMegabits],
    ],
  };
}

const NO_CALLS = { ...noStats(), connected: 0, rooms: [], seatsByRoom: [] };

/** Those that had media once keep their sums. */
function roomsOf({ rooms, seatsByRoom }: Pick<SfuStats, "rooms" | "seatsByRoom">): RoomFigures[] {
  const stats = new Map(rooms);
  const seats = new Map(seatsByRoom.map((each) => [each.room, each]));
  return [...new Set([...stats.keys(), ...seats.keys()])].toSorted((a, b) => a - b).map((room) => {
    const counts = stats.get(room) ?? noStats();
    const { seats: all, connected } = seats.get(room) ?? { seats: 0, connected: 0 };
    const standing = { room, connected, connecting: all - connected };
    return { ...standing, packets: packetsOf(counts), bytes: bytesOf(counts) };
  });
}

function packetsOf(stats: Readonly<MediaStats>) {
  return [
    ...byTransport(stats, "received", "packetsReceived"),
    ...byTransport(stats, "forwarded", "packetsForwarded"),
    ...byTransport(stats, "refused", "packetsRefused"),
    ...byTransport(stats, "over_budget", "packetsOverBudget"),
  ];
}

function bytesOf(stats: Readonly<MediaStats>) {
  return [...byTransport(stats, "in", "bytesReceived"), ...byTransport(stats, "out", "bytesSent")];
}

/** One figure of UDP and of TCP, as it is labeled. */
function byTransport(stats: Readonly<MediaStats>, label: string, name: CountedByWay) {
  const tcp = stats[`${name}Tcp`];
  return [["udp", label, stats[name] - tcp], ["tcp", label, tcp]] as const;
}
