import { sendTransaction } from "../../core/api/federation/send.ts";
import type { z } from "zod";
import { OperationError } from "../../core/errors.ts";
import { type Blake3, nobleBlake3 } from "../../core/event/hash.ts";
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

/** Transactions that were answered. */
export interface TransactionStore {
  find(
    key: TransactionKey,
  ): Promise<{ readonly bodyHash: Uint8Array; readonly answer: TransactionAnswer } | undefined>;
  keep(
    key: TransactionKey,
    answered: { readonly bodyHash: Uint8Array; readonly answer: TransactionAnswer },
  ): Promise<void>;
}

export interface SendDeps {
  readonly ingest: Ingest;
  readonly edus: EduSink;
  readonly transactions: TransactionStore;
  readonly log: Log;
  readonly blake3?: Blake3;
}

/**
 * Takes in what another server has to tell. Each event has its own result, in order, and none
 * keeps the others out; a repetition gets the same answer, and the same id with another body is
 * a conflict. One server's transactions are taken in one after another, in the order in which
 * they came. PROTOCOL.md 8.
 */
export function sendHandler(deps: SendDeps): FederationHandler {
  const queues = new Map<ServerName, { waiting: number; tail: Promise<unknown> }>();
  return defineHandler({
    operation: sendTransaction,
    async answer({ origin }, request) {
      if (request.origin !== origin) {
        throw new OperationError(
          "invalid",
          `The transaction names ${request.origin} and is signed by ${origin}.`,
        );
      }
      const queue = queues.get(origin) ?? { waiting: 0, tail: Promise.resolve() };
      if (queue.waiting >= QUEUED_MAX) {
        throw new OperationError(
          "rate_limited",
          "Too many transactions at once; send one by one.",
          {
            details: { retry_after_ms: 1000 },
          },
        );
      }
      queues.set(origin, queue);
      queue.waiting++;
      const turn = queue.tail.then(() => takeIn(deps, origin, request));
      queue.tail = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        if (--queue.waiting === 0) queues.delete(origin);
      }
    },
  });
}

async function takeIn(
  deps: SendDeps,
  origin: ServerName,
  request: Request,
): Promise<TransactionAnswer> {
  const key = { origin, txnId: request.txn_id };
  const bodyHash = hashBody(request, deps.blake3 ?? nobleBlake3);
  const former = await deps.transactions.find(key);
  if (former !== undefined) {
    if (sameBytes(former.bodyHash, bodyHash)) return former.answer;
    throw new OperationError(
      "conflict",
      `The transaction ${request.txn_id} came before with another body; give each its own id.`,
    );
  }
  const { pdus, keys } = request;
  const results = await deps.ingest.ingest({ door: "send", origin, pdus, keys });
  const received = results.flatMap((result) =>
    isStored(result) && result.event_id !== undefined ? [result.event_id as EventId] : []
  );
  const answer: TransactionAnswer = { results: [...results], received: [...new Set(received)] };
  giveEdus(deps, origin, request.edus);
  await deps.transactions.keep(key, { bodyHash, answer });
  return answer;
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

/** Of all but the id. The same bytes give the same values in the same order. */
function hashBody({ txn_id: _id, ...body }: Request, blake3: Blake3): Uint8Array {
  return blake3(new TextEncoder().encode(JSON.stringify(body)));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
