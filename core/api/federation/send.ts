import { z } from "zod";
import { limits } from "../../limits.ts";
import { defineFederationOperation } from "./operation.ts";
import { EventIdText, KeyProof, PduValue, ServerNameText } from "./shapes.ts";

export const EduValue = z.object({
  type: z.string().min(1).max(limits.event.maxTypeBytes),
  content: z.record(z.string(), z.unknown()),
});
export type EduValue = z.infer<typeof EduValue>;

/** How the receipt of one PDU ended. PROTOCOL.md 7. `waiting` goes on by itself. */
export const PduOutcome = z.enum(["accepted", "soft_failed", "rejected", "waiting", "dropped"]);
export type PduOutcome = z.infer<typeof PduOutcome>;

export const PduResult = z.object({
  /** Absent where the bytes were not understood. */
  event_id: EventIdText.optional(),
  outcome: PduOutcome,
  reason: z.string().max(500).optional(),
});
export type PduResult = z.infer<typeof PduResult>;

/** One transaction: what a server has to tell another. PROTOCOL.md 8. */
export const sendTransaction = defineFederationOperation({
  id: "sendTransaction",
  method: "POST",
  path: "/_federation/send/:txn_id",
  summary: "Events and EDUs of the sending server",
  request: z.object({
    txn_id: z.string().min(1).max(64).regex(/^[0-9A-Za-z_-]+$/),
    origin: ServerNameText,
    pdus: z.array(PduValue).max(limits.transaction.maxPdus),
    edus: z.array(EduValue).max(limits.transaction.maxEdus),
    /** Entries that the signatures rest on and the other may not hold yet. */
    keys: z.array(KeyProof).max(limits.federation.maxKeysPerAnswer).default([]),
  }),
  answer: z.object({
    /** One for each PDU, in the same order. */
    results: z.array(PduResult).max(limits.transaction.maxPdus),
    /** Ids that are now stored, whatever their outcome. */
    received: z.array(EventIdText).max(limits.transaction.maxPdus),
  }),
  maxAnswerBytes: 256 * 1024,
  timeoutMs: 60_000,
});
