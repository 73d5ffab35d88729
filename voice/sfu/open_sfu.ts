import { limits } from "../../core/limits.ts";
import { layersFor } from "../signalling/layers.ts";
import { makeIdentity } from "../werift/certificate.ts";
import { checkAnnounced } from "./listen.ts";
import { joinFigures, type Media, type MediaPlan, sumOf } from "./media.ts";
import { openMedia } from "./open_media.ts";
import { Seats } from "./seats.ts";
import type { Sfu, SfuOptions, SfuStats } from "./sfu.ts";
import { stockEngine } from "./stock_engine.ts";

/**
 * Starts a media server. Rejects with a sentence where no address can be bound, or an announced one
 * is none; an address that this machine does not have is left out with a warning.
 */
export async function openSfu(options: SfuOptions): Promise<Sfu> {
  checkAnnounced(options);
  const { log, clock, rng, engine = stockEngine, threads } = options;
  const identity = await makeIdentity();
  const plan: MediaPlan = {
    bind: options.bind,
    tcp: options.tcp,
    announce: options.announce,
    maxSpeakers: options.maxSpeakers ?? limits.voice.maxSpeakers,
    maxBytesPerSecond: (options.maxBytesPerSecond ?? Infinity) / (threads?.count ?? 1),
    identity,
  };
  await using stack = new AsyncDisposableStack();
  const media: Media[] = [];
  const seats = new Seats(media, {
    rng,
    log,
    fingerprint: identity.fingerprint,
    layers: layersFor(options.videoBitrate ?? limits.voice.videoBitrate),
  });
  const report = (told: Parameters<typeof seats.hear>[0]) => seats.hear(told);
  const open = threads?.open ??
    ((plan: MediaPlan) => openMedia(plan, { engine, log, clock }, report));
  for (let each = 0; each < (threads?.count ?? 1); each++) {
    media.push(stack.use(await open({ ...plan, bind: portsAhead(plan.bind, each) }, report)));
  }
  stack.defer(() => seats.close());
  const owned = stack.move();
  return {
    port: media[0]?.port ?? 0,
    ports: media.map(({ port }) => port),
    engine: media[0]?.engine ?? engine.name,
    join: (request) => seats.join(request),
    stats: () => statsOf(media, seats),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Where the next ones listen: at the ports behind; 0 is any free one for each. */
export function portsAhead(bind: MediaPlan["bind"], by: number): MediaPlan["bind"] {
  return bind.map(({ hostname, port }) => ({ hostname, port: port === 0 ? 0 : port + by }));
}

function statsOf(media: readonly Media[], seats: Seats): SfuStats {
  const { rest, rooms } = joinFigures(media.map((each) => each.stats()));
  return {
    ...sumOf([rest, ...rooms.map(([, stats]) => stats)]),
    ...seats.count(),
    rooms,
    seatsByRoom: seats.byRoom(),
  };
}
