import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Bus } from "../../core/ports/bus.ts";
import { VERSION } from "../cli/version.ts";
import type { Config } from "../config/config.ts";
import { HttpClient } from "../federation/http_client.ts";
import { resolveHost } from "../federation/resolve_host.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { MediaDeps } from "../services/media/media_deps.ts";
import { LinkDesk } from "../services/previews/link_desk.ts";
import { PreviewClient } from "../services/previews/preview_client.ts";
import { PreviewFinder } from "../services/previews/preview_finder.ts";
import { PreviewFollower } from "../services/previews/preview_follower.ts";
import { PREVIEW_LIMITS } from "../services/previews/preview_limits.ts";
import {
  publishPreviewNotice,
  subscribePreviewNotices,
} from "../services/previews/preview_notice.ts";
import type { PreviewRules } from "../services/previews/preview_place.ts";
import { cleanPreviews } from "../services/previews/preview_rows.ts";
import type { ChatSource } from "../services/sync/chat_source.ts";
import { WorkLoop } from "../services/work_loop.ts";
import type { StoreParts, SystemParts } from "./store.ts";

/**
 * What finds previews of links, tells of them, and takes away what nobody needs any more. Answers
 * who looks at links for senders of encrypted messages; undefined where no pages are asked.
 */
export function composePreviews(
  config: Pick<Config, "previews">,
  system: SystemParts,
  input: {
    readonly store: StoreParts;
    readonly bus: Bus;
    readonly blobs: BlobStore;
    readonly chat: { readonly deps: ChatDeps; readonly source: ChatSource };
    readonly media: { readonly deps: MediaDeps };
    readonly metrics: Metrics;
    readonly stack: AsyncDisposableStack;
  },
): LinkDesk | undefined {
  const { store, bus, chat, stack } = input;
  const { clock } = system;
  const log = system.log.child({ part: "previews" });
  const { sql } = store.database;
  const keptMs = config.previews.kept;
  stack.defer(subscribePreviewNotices(bus, (message) => chat.source.announceMessage(message)));
  stack.use(
    new WorkLoop({ clock, log }, {
      round: (signal) => cleanPreviews(sql, { nowMs: clock.now(), keptMs, signal }),
      intervalMs: PREVIEW_LIMITS.cleanMs,
      trouble: "Previews that nobody needs could not be taken away.",
    }),
  );
  if (!config.previews.enabled) return undefined;
  // Many pages are not reached by the newest TLS, and some without any.
  const http = stack.use(
    new HttpClient({ clock, resolveHost, minTls: "TLSv1.2", plainHttp: true }),
  );
  const { publicUrl } = chat.deps;
  const userAgent = `OpenGuildPreviews/${VERSION} (+${publicUrl}; link preview, no crawler)`;
  const rules = rulesOf(config, chat.deps);
  const { pictures, spoolFolder } = input.media.deps;
  const finder = new PreviewFinder({
    ...system,
    log,
    sql,
    blobs: input.blobs,
    pictures,
    spoolFolder,
    client: new PreviewClient({ http, clock, rules, userAgent }),
    meter: input.metrics,
  });
  const follower = stack.use(
    new PreviewFollower({
      ...chat.deps,
      log,
      finder,
      ownWriterId: () => store.appendLog.writerId,
      tell: (message) => publishPreviewNotice(bus, message),
    }),
  );
  input.metrics.observeQueue("previews", () => finder.size);
  stack.defer(store.feed.subscribe((batch) => follower.take(batch)));
  return new LinkDesk({ finder, clock });
}

function rulesOf(
  { previews }: Pick<Config, "previews">,
  { publicUrl, serverName }: Pick<ChatDeps, "publicUrl" | "serverName">,
): PreviewRules {
  // As addresses have them: lower case, and other scripts in letters of ASCII.
  const hostOf = (host: string) =>
    URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : host.toLowerCase();
  return {
    trusted: new Set(previews.testOrigins.map((each) => new URL(each).origin)),
    ports: new Set([80, 443]),
    denied: previews.deniedHosts.map((host) => hostOf(host.replace(/^\*?\./, ""))),
    own: new Set([new URL(publicUrl).hostname, hostOf(serverName)]),
  };
}
