import type { RemoteHistory } from "../../../core/api/message.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Older } from "../../../federation/perform/backfill.ts";
import type { ChannelRef } from "../../../federation/ports.ts";

/** How long a reader waits for other servers before hearing that they are being asked. */
const PATIENCE_MS = 4000;
/** The same for a channel in which nothing is held: most of these are new and empty. */
const EMPTY_PATIENCE_MS = 1000;
/** Pages fetched for one page shown: what is fetched may be reactions and edits alone. */
const ROUNDS_MAX = 4;
/** Servers named to a reader. */
const NAMED_MAX = 5;

/** Fetches what other servers hold of a channel's past. */
export interface RemoteHistoryDesk {
  older(channel: ChannelRef): Promise<Older>;
}

/**
 * A page that ends where the held events begin, after other servers were asked for more of the
 * channel: within a reader's patience, and with a word on what could not be had.
 */
export async function withRemoteHistory<
  Page extends { readonly hasBefore: boolean; readonly rows: readonly unknown[] },
>(
  deps: { readonly clock: Clock; readonly history?: RemoteHistoryDesk },
  asked: {
    readonly channel: ChannelRef;
    readonly page: Page;
    readonly read: () => Promise<Page>;
  },
): Promise<{ readonly page: Page; readonly remote: RemoteHistory | undefined }> {
  const { clock, history } = deps;
  let { page } = asked;
  if (history === undefined) return { page, remote: undefined };
  const patienceMs = page.rows.length === 0 ? EMPTY_PATIENCE_MS : PATIENCE_MS;
  const untilMs = clock.monotonic() + patienceMs;
  for (let round = 0; round < ROUNDS_MAX && !page.hasBefore; round++) {
    const older = await inTime(clock, history.older(asked.channel), untilMs);
    if (older?.kind !== "fetched") return { page, remote: wordsFor(older) };
    page = await asked.read();
  }
  return { page, remote: undefined };
}

/** Undefined where it takes longer; the work goes on. */
async function inTime<Value>(
  clock: Clock,
  work: Promise<Value>,
  untilMs: number,
): Promise<Value | undefined> {
  const over = new AbortController();
  const patience = clock.sleep(Math.max(0, untilMs - clock.monotonic()), over.signal)
    .then(() => undefined, () => undefined);
  try {
    return await Promise.race([work, patience]);
  } finally {
    over.abort();
    work.catch(() => undefined);
  }
}

function wordsFor(older: Older | undefined): RemoteHistory | undefined {
  switch (older?.kind) {
    case undefined:
    case "busy":
      return {
        state: "fetching",
        servers: [],
        text: "Earlier messages are being fetched from other servers.",
      };
    case "unreachable":
      return {
        state: "unavailable",
        servers: older.servers.slice(0, NAMED_MAX),
        text: `Earlier messages could not be fetched from ${
          older.servers.slice(0, NAMED_MAX).join(", ")
        }. Try again in a minute.`,
      };
    case "withheld":
      return {
        state: "withheld",
        servers: [],
        text: "Other servers show no earlier messages of this channel to this server.",
      };
    case "whole":
    case "fetched":
      return undefined;
  }
}
