import { publishSeenNotice } from "./services/reads/read_notice.ts";
import { openBus } from "./compose/bus.ts";
import { composeChat } from "./compose/chat.ts";
import { composeEncryption } from "./compose/encryption.ts";
import { composeFederation, federationDoors } from "./compose/federation.ts";
import { federationHandlers } from "./compose/federation_handlers.ts";
import { followAccounts } from "./compose/follow_accounts.ts";
import { type Heard, heardLater } from "./compose/heard.ts";
import { allRoutes } from "./compose/routes.ts";
import { composeMemberships } from "./compose/memberships.ts";
import { openPages } from "./compose/pages.ts";
import { composeDigests } from "./compose/digests.ts";
import { composeExports } from "./compose/exports.ts";
import { composeMail } from "./compose/mail.ts";
import { composeOidc } from "./compose/oidc.ts";
import { composeMedia, mediaVisibility } from "./compose/media.ts";
import { composeInbound, type InboundParts } from "./compose/inbound.ts";
import { composeErasure, type ErasureParts } from "./compose/erasure.ts";
import { composeReading, type ReadingParts } from "./compose/reading.ts";
import { composePreviews } from "./compose/previews.ts";
import { composePush } from "./compose/push.ts";
import { composeSearch } from "./compose/search.ts";
import { composeSelfKnowledge } from "./compose/self_knowledge.ts";
import { composeOutbound, type OutboundParts } from "./compose/outbound.ts";
import { composeVoice } from "./compose/voice.ts";
import { findMediaDoor } from "./voice/media_door.ts";
import { openServerDatabase } from "./compose/server_database.ts";
import { openStore, type StoreParts, type SystemParts } from "./compose/store.ts";
import type { Config } from "./config/config.ts";
import { listenAddress, publicUrl } from "./config/derived.ts";
import { mailServer } from "./config/mail_server.ts";
import { oidcProviders } from "./config/oidc_providers.ts";
import type { RunningServer } from "./cli/context.ts";
import { VERSION } from "./cli/version.ts";
import { isSaid } from "../core/event/said.ts";
import type { ServerName } from "../core/ids/server_name.ts";
import { serverOf } from "../core/ids/user_id.ts";
import type { AccountHttpDeps } from "./http/client/account_http_deps.ts";
import type { ChatRouteDeps } from "./http/client/chat_route_deps.ts";
import { EduReceiver } from "../federation/edus/receive_edus.ts";
import { OwnerOffers } from "./federation/owner_offers.ts";
import { eduRooms } from "./federation/edu_rooms.ts";
import { eduShow } from "./federation/edu_show.ts";
import type { UserDirectory } from "./services/users/user_directory.ts";
import { type Live, openLive } from "./http/live.ts";
import { openHttp } from "./http/open_http.ts";
import { sourceRoute } from "./http/source_route.ts";
import { keyDocumentRoute } from "./http/well_known/key_document.ts";
import { serverDocumentRoute } from "./http/well_known/server_document.ts";
import { Metrics } from "./metrics/metrics.ts";
import { openKeys } from "./keys/open_keys.ts";
import type { Database } from "./postgres/database.ts";
import type { Rooms } from "./rooms/rooms.ts";
import { publishAccountEvent } from "./services/accounts/account_event.ts";
import { openAccounts, pinnedOf } from "./services/accounts/open_accounts.ts";
import { settleServerIdentity } from "./services/accounts/server_identity.ts";
import { Throttle, throttlePolicies } from "./services/accounts/throttle.ts";
import { departureGate } from "./services/guilds/departure_gate.ts";
import { inviteGate } from "./services/invites/invite_gate.ts";
import { mediaDesk } from "./services/media/media_desk.ts";
import type { LinkDesk } from "./services/previews/link_desk.ts";
import { sweepNonces } from "./services/messages/nonce_book.ts";
import { TraceBook } from "./system/tracing.ts";
import { sweepReports } from "./services/reports/admin_reports.ts";
import { sweepMissed } from "./services/voice/missed_calls.ts";
import { sweepVoiceActs } from "./services/voice/voice_acts.ts";
import { openTls } from "./tls/open_tls.ts";

/** What has ended is swept away this often. */
const SWEEP_MS = 3_600_000;

/** What the parts are made with. */
interface Opening {
  readonly stack: AsyncDisposableStack;
  readonly opening: Promise<Database>;
}

/**
 * The composition root: every part of the server is made here, once, and disposed of in the
 * reverse order. `opening`: the database where somebody began to open it; it is taken over.
 */
export async function startServer(
  config: Config,
  system: SystemParts,
  opening: Promise<Database> = openServerDatabase(config, system),
): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const { log, clock } = system;
  const domain = await openDomain(config, system, { stack, opening });
  const outbound = await composeOutbound(system, {
    ...domain,
    rooms: domain.chat.deps.rooms,
    serverName: domain.identity.name,
    away: domain.chat.deps.away,
    announceRooms: (roomIds) => domain.chat.source.announceRooms(roomIds),
    showAway: (servers) => domain.live.presences.setAway(servers),
    settled: () => domain.chat.source.told(),
    stack,
  });
  const reading = composeReading(config, system, {
    ...domain,
    chat: domain.chat.deps,
    media: domain.media.deps,
    outbound,
    stack,
  });
  const erasure = await composeErasure(system, {
    ...domain,
    rooms: domain.chat.deps.rooms,
    signer: domain.keys.signer,
    stack,
  });
  const links = composePreviews(config, system, { ...domain, stack });
  await openDoors(config, system, { ...domain, outbound, reading, erasure, links, stack });
  const { sql } = domain.store.database;
  const { nonces, keyRing } = domain.federation;
  startSweep(system, {
    stack,
    sweeps: {
      nonces: () => sweepNonces(sql, clock.now()),
      "nonces of servers": () => nonces.sweep(clock.now()),
      inbound: () => domain.inbound.sweep(),
      encryption: () => domain.encryption.sweep(),
      servers: () => outbound.servers.sweep(),
      reports: () => sweepReports({ sql, clock }),
      "acts in calls": () => sweepVoiceActs({ sql }, clock.now()),
      "missed calls": () => sweepMissed(sql, clock.now()),
      "keys on the word of others": () => keyRing.reviewWords(),
    },
  });
  const link = await domain.accounts.firstAdministratorLink();
  const owned = stack.move();
  return {
    address: domain.address,
    firstAdminLink: link?.url,
    unansweredWrites: () => domain.store.appendLog.load.unanswered,
    parts: {
      config,
      database: domain.store.database,
      blobs: domain.blobs,
      log,
      accounts: domain.accounts.deps,
      chat: domain.chat.deps,
      federation: domain.federation,
      outbound,
      voice: domain.voiceMedia,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Domain = Awaited<ReturnType<typeof openDomain>>;

type Base = Awaited<ReturnType<typeof openBase>>;

/** Storage, bus, name, keys and the way to other servers. */
async function openBase(
  config: Config,
  system: SystemParts,
  { stack, opening }: Opening,
) {
  const metrics = new Metrics();
  const traces = new TraceBook();
  const database = stack.use(await opening);
  const { bus, feed } = await openBus(config, system, stack);
  const store = await openStore(system, {
    database,
    stack,
    feed,
    onCommit: (ms) => metrics.commitTook(ms),
    onAppend: ({ events = [] }) =>
      traces.note(events.flatMap(({ held }) => held === undefined ? [] : [held.pdu.content_hash])),
  });
  const { sql } = store.database;
  const identity = await settleServerIdentity({ sql, ...system }, config.server.name);
  const serverName = identity.name;
  countAppends(metrics, { store, serverName, stack });
  const address = publicUrl(config, listenAddress(config).port);
  const keys = stack.use(
    await openKeys({ ...system, sql, bus, serverName, dataFolder: config.dataFolder }),
  );
  const federation = await composeFederation(config, system, {
    sql,
    bus,
    signer: keys.signer,
    serverName,
    trial: identity.trial,
    traces,
    stack,
  });
  return { metrics, bus, store, identity, serverName, address, keys, federation };
}

/** What the server knows and does, without any door to it. */
async function openDomain(config: Config, system: SystemParts, parts: Opening) {
  const { stack } = parts;
  const base = await openBase(config, system, parts);
  const { bus, store, serverName, address, keys } = base;
  const { sql } = store.database;
  const talk = await openTalk(config, system, { base, stack });
  const { live, chat, voiceMedia } = talk;
  const owners = new OwnerOffers({ ...chat.deps, transport: base.federation.transport });
  const mail = await composeMail(config, system, {
    sql,
    serverName,
    publicUrl: address,
    metrics: base.metrics,
    stack,
  });
  const accounts = stack.use(openAccounts({
    ...system,
    sql,
    bus,
    config,
    serverName,
    publicUrl: address,
    invites: inviteGate(chat.deps),
    departures: departureGate({ ...chat.deps, owners }),
    mail,
    oidc: composeOidc(config, system, stack),
  }));
  composeDigests(system, { chat: chat.deps, mail, stack });
  const { rooms, users } = chat.deps;
  const { heard, by } = heardLater();
  const inbound = await openInbound(base, system, { rooms, users, live, heard, stack });
  const memberships = composeMemberships(system, {
    ...base,
    signer: keys.signer,
    inbound,
    chat,
    owners,
    stack,
  });
  const encryption = composeEncryption(config, system, {
    ...base,
    chat: chat.deps,
    sessions: accounts.deps.sessions,
    signer: keys.signer,
    remote: memberships.remote,
    stack,
  });
  by({ ...encryption.hear, relationship: memberships.hearRelationship });
  const voice = composeVoice(config, system, {
    ...base,
    database: store.database,
    media: voiceMedia,
    live,
    chat: chat.deps,
    announceConversation: memberships.remote.announceConversation,
    devices: encryption.devices.elsewhere,
    stack,
  });
  return {
    ...base,
    ...talk,
    inbound,
    memberships,
    accounts,
    encryption,
    voice,
    hearBy: by,
  };
}

/** Who is connected, what is said in rooms, files, and the media server of calls. */
async function openTalk(
  config: Config,
  system: SystemParts,
  { base, stack }: { readonly base: Base; readonly stack: AsyncDisposableStack },
) {
  const { clock } = system;
  const { metrics, bus, store, serverName, address, keys } = base;
  const { sql } = store.database;
  // Before the parts that use it: it ends after them.
  const voiceMedia = stack.use(await findMediaDoor(config, system));
  const live = openLive({ ...system, bus, meter: metrics });
  stack.defer(() => live.stop());
  stack.defer(followAccounts(live, { ...system, bus }));
  const chat = await composeChat(system, {
    store,
    bus,
    signer: keys.signer,
    serverName,
    server: {
      ...serverFacts(config, base),
      voice: voiceMedia.absence === undefined,
      voice_absence: voiceMedia.absence ?? null,
    },
    publicUrl: address,
    pinned: pinnedOf(config),
    throttle: new Throttle({ sql, clock }, throttlePolicies(config.accounts)),
    presenceOf: (userId) => live.presences.of(userId),
    timed: (work) => {
      const begin = clock.monotonic();
      try {
        return work();
      } finally {
        metrics.stateResolved(clock.monotonic() - begin);
      }
    },
    stack,
  });
  const { media, blobs } = await composeMedia(config, system, {
    sql,
    serverName,
    environment: Deno.env.toObject(),
    stack,
  });
  return { voiceMedia, live, chat, media, blobs };
}

/** What a snapshot says of this server. */
function serverFacts(config: Config, { serverName, identity }: Base) {
  return {
    name: serverName,
    trial: identity.trial,
    version: VERSION,
    encrypts_automatically: config.encryption.automatic,
    mail: mailServer(config) !== undefined,
    logins: oidcProviders(config).length > 0,
  };
}

/** How events of other servers come in. */
async function openInbound(
  base: Base,
  system: SystemParts,
  parts: {
    readonly rooms: Rooms;
    readonly users: UserDirectory;
    readonly live: Live;
    readonly heard: Heard;
    readonly stack: AsyncDisposableStack;
  },
): Promise<InboundParts> {
  const { federation, metrics } = base;
  const { sql } = base.store.database;
  return await composeInbound({
    ...system,
    ...parts,
    sql,
    feed: base.store.feed,
    serverName: base.serverName,
    keys: federation.keyRing,
    transport: federation.transport,
    policy: federation.policy,
    edus: new EduReceiver({
      ...system,
      rooms: eduRooms({ sql, rooms: parts.rooms }),
      show: eduShow({
        ...system,
        ...parts,
        ...parts.heard,
        sql,
        seen: (notice) => publishSeenNotice(base.bus, notice),
      }),
    }),
    meter: {
      received: (door, outcome) => metrics.eventIn(door, outcome),
    },
  });
}

type DoorParts = Domain & {
  readonly outbound: OutboundParts;
  readonly reading: ReadingParts;
  readonly erasure: ErasureParts;
  readonly links: LinkDesk | undefined;
  readonly stack: AsyncDisposableStack;
};

/** The doors for other servers. */
function serverDoors(config: Config, system: SystemParts, domain: DoorParts) {
  const { federation, identity, chat, inbound, memberships, blobs, erasure, outbound } = domain;
  return federationDoors(config, system, {
    federation,
    serverName: identity.name,
    handlers: federationHandlers({
      ...chat.deps,
      blake3: federation.blake3,
      federation,
      inbound,
      memberships,
      blobs,
      erasure,
      groups: domain.encryption.groups.desk,
      voice: domain.voice.desk,
    }),
    heardFrom: (origin) => {
      outbound.engine.heardFrom(origin);
      erasure.heardFrom(origin);
    },
    isKnown: (origin) => outbound.servers.knows(origin),
  });
}

/** How far somebody has read: their own devices hear it, and servers of the other readers. */
function readAnnouncer({ chat, reading }: Pick<DoorParts, "chat" | "reading">) {
  return (notice: Parameters<typeof chat.announceRead>[0]) => {
    chat.announceRead(notice);
    // How far a thread was read is its reader's own.
    if (notice.state.thread_id === undefined) reading.announceRead(notice);
  };
}

/** What the routes of guilds, channels and messages work with. */
async function chatDoor(
  config: Config,
  system: SystemParts,
  domain: DoorParts,
): Promise<ChatRouteDeps> {
  const { chat, live, media, reading, stack } = domain;
  return {
    ...chat.deps,
    media: mediaDesk(media.deps),
    messageIndex: await composeSearch(config, system, {
      store: domain.store,
      meter: domain.metrics,
      stack,
    }),
    push: await composePush(config, system, { ...domain, chat: chat.deps, stack }),
    destinations: domain.outbound.desk,
    ...domain.memberships,
    history: reading.history,
    announceProfile: (userId) =>
      publishAccountEvent(domain.accounts.deps.bus, { kind: "profile_changed", user_id: userId }),
    announceNotify: chat.announceNotify,
    announceThread: chat.announceThread,
    announceRead: readAnnouncer(domain),
    announceTyping: ({ user, ...place }) => live.typing.announce(user, place),
  };
}

/** HTTP, the gateway and the pages, on one listener. */
async function openDoors(
  config: Config,
  system: SystemParts,
  domain: DoorParts,
): Promise<void> {
  const { metrics, live, chat, accounts, store, media, reading, links, stack } = domain;
  const { sql } = store.database;
  const accountDeps = {
    ...accountHttpDeps(config, domain),
    remoteProfiles: reading.profiles,
    wakeErasures: domain.erasure.wake,
  };
  const certificate = await openTls(config, system);
  if (certificate !== undefined) stack.use(certificate);
  const pages = await openPages(config, system);
  stack.use(
    await openHttp({
      ...system,
      config,
      metrics,
      live,
      source: chat.source,
      authenticate: accounts.authenticate,
      routes: allRoutes({
        accounts: accountDeps,
        exports: composeExports(system, {
          accounts: accounts.deps,
          media: media.deps,
          blobs: domain.blobs,
          stack,
        }),
        server: composeSelfKnowledge(config, system, {
          ...domain,
          pinned: accountDeps.pinned,
          examined: {
            blobs: domain.blobs,
            federation: domain.federation,
            voice: domain.voiceMedia,
          },
        }),
        chat: await chatDoor(config, system, domain),
        devices: domain.encryption.devices.routes,
        groups: { ...domain.encryption.groups.deps, meter: metrics },
        voice: domain.voice.deps,
        media: {
          deps: media.deps,
          visibility: mediaVisibility(chat.deps),
          remote: reading.media,
          links,
        },
      }),
      plainRoutes: [
        keyDocumentRoute(accountDeps),
        serverDocumentRoute(accountDeps),
        sourceRoute(),
        ...serverDoors(config, system, domain),
      ],
      pages,
      readyChecks: [{ name: "database", check: async () => void await sql`select 1` }],
      certificate,
      clientAuthorities: domain.federation.tls.clientAuthorities,
      version: VERSION,
    }),
  );
  metrics.observeMedia(() => media.counters.entries());
}

function accountHttpDeps(
  config: Config,
  domain: Domain,
): Omit<AccountHttpDeps, "wakeErasures"> {
  const { accounts, address, identity, keys } = domain;
  return {
    ...accounts.deps,
    trial: identity.trial,
    version: VERSION,
    sourceUrl: config.server.sourceUrl ?? `${address}/source`,
    signer: keys.signer,
    keyHolder: keys.holder,
  };
}

/** What others' servers hand in is counted by the door that it came through. */
function countAppends(
  metrics: Metrics,
  parts: {
    readonly store: StoreParts;
    readonly serverName: ServerName;
    readonly stack: AsyncDisposableStack;
  },
): void {
  const { store, serverName, stack } = parts;
  metrics.observeQueue("append_log", () => store.appendLog.load.waiting);
  stack.defer(store.appendLog.subscribe((batch) => {
    metrics.committed(batch.events.length);
    const own = batch.events.filter(({ sender }) => serverOf(sender) === serverName);
    metrics.eventIn("client", "accepted", own.length);
    metrics.sent(own.filter(({ type, moved }) => isSaid(type) && !moved).length);
  }));
}

/** One that fails keeps no other from its turn. */
function startSweep(
  { clock, log }: SystemParts,
  { stack, sweeps }: {
    readonly stack: AsyncDisposableStack;
    readonly sweeps: Readonly<Record<string, () => Promise<unknown>>>;
  },
): void {
  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  void (async () => {
    while (!stopping.signal.aborted) {
      for (const [swept, sweep] of Object.entries(sweeps)) {
        await sweep().catch((error) => log.log("error", "A sweep failed.", { swept, error }));
      }
      await clock.sleep(SWEEP_MS, stopping.signal).catch(() => undefined);
    }
  })();
}
