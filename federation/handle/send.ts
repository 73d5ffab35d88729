import { type PduResult, sendTransaction } from "../../core/api/federation/send.ts";
import type { z } from "zod";
import { OperationError } from "../../core/errors.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import { isStored } from "../inbound/incoming.ts";
import { defineHandler, type EduSink, type FederationHandler, type Ingest } from "../ports.ts";

/** Transactions of one server that wait while another of it is taken in. */
const QUEUED_MAX = 50;

type Request = z.output<typeof sendTransaction.request>;
export type TransactionAnswer = z.input<typeof sendTransaction.answer>;

export interface TransactionKey {
  readonly origin: ServerName;
  readonly txnId: string;
}

/** What was answered: the results say all of it. */
export interface Answered {
  readonly bodyDigest: Uint8Array;
  readonly results: readonly PduResult[];
}

/** Transactions that were answered. */
export interface TransactionStore {
  find(key: TransactionKey): Promise<Answered | undefined>;
  keep(key: TransactionKey, answered: Answered): Promise<void>;
}

export interface SendDeps {
  readonly ingest: Ingest;
  readonly edus: EduSink;
  readonly transactions: TransactionStore;
  readonly log: Log;
}

/** One server's transactions under way. */
interface Line {
  waiting: number;
  /** Ends when the events of the last one have their places in the rooms' turns. */
  entered: Promise<unknown>;
  /** By id, until they are answered: a repetition waits for what it repeats. */
  readonly answering: Map<string, Promise<unknown>>;
}

/**
 * Takes in what another server has to tell. Each event has its own result, in order, and none
 * keeps the others out; a repetition gets the same answer, and the same id with another body is
 * a conflict. One server's transactions are examined side by side and have their places in the
 * turns of rooms in the order in which they came. PROTOCOL.md 8.
 */
export function sendHandler(deps: SendDeps): FederationHandler {
  const lines = new Map<ServerName, Line>();
  return defineHandler({
    operation: sendTransaction,
    async answer({ origin, bodyDigest }, request) {
      if (request.origin !== origin) {
        throw new OperationError(
          "invalid",
          `The transaction names ${request.origin} and is signed by ${origin}.`,
        );
      }
      const line = lines.get(origin) ?? {
        waiting: 0,
        entered: Promise.resolve(),
        answering: new Map<string, Promise<unknown>>(),
      };
      if (line.waiting >= QUEUED_MAX) {
        throw new OperationError(
          "rate_limited",
          "Too many transactions at once; send one by one.",
          {
            details: { retry_after_ms: 1000 },
          },
        );
      }
      lines.set(origin, line);
      line.waiting++;
      try {
        return await answerInLine(deps, line, { origin, bodyDigest, request });
      } finally {
        if (--line.waiting === 0) lines.delete(origin);
      }
    },
  });
}

interface Arrived {
  readonly origin: ServerName;
  readonly bodyDigest: Uint8Array;
  readonly request: Request;
}

/** Examines while those before are being taken in, so that none waits for the database. */
async function answerInLine(
  deps: SendDeps,
  line: Line,
  arrived: Arrived,
): Promise<TransactionAnswer> {
  const id = arrived.request.txn_id;
  const before = line.answering.get(id) ?? Promise.resolve();
  const examined = before.then(() => examine(deps, arrived));
  const taking = Promise.all([examined, line.entered]).then(([events]) => events.takeIn());
  line.entered = Promise.allSettled([line.entered, taking.then(({ entered }) => entered)]);
  const answered = taking.then(async ({ ended }) => {
    const answer = await ended;
    await (await examined).keep(answer);
    return answer;
  });
  const ended = answered.catch(() => undefined);
  line.answering.set(id, ended);
  try {
    return await answered;
  } finally {
    if (line.answering.get(id) === ended) line.answering.delete(id);
  }
}

/** A transaction whose events are examined, or one that was answered before. */
interface Examined {
  takeIn(): { readonly entered: Promise<void>; readonly ended: Promise<TransactionAnswer> };
  /** Remembers what was answered. */
  keep(answer: TransactionAnswer): Promise<void>;
}

async function examine(
  deps: SendDeps,
  { origin, bodyDigest, request }: Arrived,
): Promise<Examined> {
  const key = { origin, txnId: request.txn_id };
  const former = await deps.transactions.find(key);
  if (former !== undefined) {
    if (!sameBytes(former.bodyDigest, bodyDigest)) {
      throw new OperationError(
        "conflict",
        `The transaction ${request.txn_id} came before with another body; give each its own id.`,
      );
    }
    return {
      takeIn: () => ({
        entered: Promise.resolve(),
        ended: Promise.resolve(answerOf(former.results)),
      }),
      keep: () => Promise.resolve(),
    };
  }
  const { pdus, keys, edus } = request;
  const events = await deps.ingest.examine({ door: "send", origin, pdus, keys });
  return {
    takeIn() {
      const { entered, ended } = events.takeIn();
      return {
        entered,
        ended: ended.then((results) => {
          giveEdus(deps, origin, edus);
          return answerOf(results);
        }),
      };
    },
    keep: ({ results }) => deps.transactions.keep(key, { bodyDigest, results }),
  };
}

function answerOf(results: readonly PduResult[]): TransactionAnswer {
  const received = results.flatMap((result) =>
    isStored(result) && result.event_id !== undefined ? [result.event_id as EventId] : []
  );
  return { results: [...results], received: [...new Set(received)] };
}

/** An EDU may be lost: one that is too large or fails harms nothing else. */
function giveEdus(deps: SendDeps, origin: ServerName, edus: Request["edus"]): void {
  const encoder = new TextEncoder();
  for (const edu of edus) {
    if (encoder.encode(JSON.stringify(edu)).length > limits.transaction.maxEduBytes) continue;
    try {
      deps.edus.receive(origin, edu);
    } catch (error) {
      deps.log.log("warn", "An EDU could not be taken in.", { origin, type: edu.type, error });
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
