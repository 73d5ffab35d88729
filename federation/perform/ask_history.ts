import type { z } from "zod";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import type { PduPage } from "../../core/api/federation/shapes.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import {
  type ChannelRef,
  type Door,
  type Ingest,
  type Transport,
  TransportError,
} from "../ports.ts";
import type { AskOrder } from "./ask_order.ts";
import type { HistoryStore } from "./history_ports.ts";

export interface HistoryDeps {
  readonly transport: Pick<Transport, "call">;
  readonly ingest: Ingest;
  readonly store: HistoryStore;
  readonly order: AskOrder;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HistoryQuestion<Request extends z.ZodType> {
  readonly operation: FederationOperation<Request, typeof PduPage>;
  readonly request: z.input<Request>;
  readonly door: Extract<Door, "backfill" | "missing">;
  readonly channel: ChannelRef;
  readonly servers: readonly ServerName[];
  readonly signal: AbortSignal;
  /** Whether what came was what was asked for; else the next server is asked too. */
  readonly enough: () => Promise<boolean>;
}

export interface HistoryAnswer {
  readonly enough: boolean;
  /** Those that gave no answer at all. */
  readonly silent: readonly ServerName[];
  /** Somebody gave events, whatever became of them: some may wait for what they rest on. */
  readonly given: boolean;
}

/**
 * Asks servers one after another for history, and hands what they give to the one way in, until
 * somebody had enough. What they say is verified there; nothing is believed here.
 */
export async function askHistory<Request extends z.ZodType>(
  deps: HistoryDeps,
  question: HistoryQuestion<Request>,
): Promise<HistoryAnswer> {
  const silent: ServerName[] = [];
  let given = false;
  for (const server of question.servers) {
    if (question.signal.aborted) break;
    const page = await askOne(deps, question, server);
    if (page === undefined) {
      silent.push(server);
      continue;
    }
    if (page.pdus.length === 0) continue;
    given = true;
    await deps.ingest.ingest({
      door: question.door,
      origin: server,
      roomId: question.channel.roomId,
      pdus: page.pdus,
      keys: page.keys,
    });
    if (await question.enough()) return { enough: true, silent, given };
  }
  return { enough: false, silent, given };
}

/** Undefined where no answer came; a "no" is an empty page. */
async function askOne<Request extends z.ZodType>(
  { transport, order, log }: HistoryDeps,
  { operation, request, signal, channel }: HistoryQuestion<Request>,
  server: ServerName,
): Promise<PduPage | undefined> {
  try {
    const page = await transport.call(server, operation, request, { signal });
    order.answered(server);
    return page;
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    if (error.kind === "refused") return { pdus: [], keys: [] };
    order.failed(server);
    log.log("info", "A server did not give the history that it was asked for.", {
      server,
      operation: operation.id,
      room_id: channel.roomId,
      failure: error.kind,
      error: error.message,
    });
    return undefined;
  }
}
