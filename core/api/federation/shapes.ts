import { z } from "zod";
import type { JsonValue } from "../../event/json.ts";
import { limits } from "../../limits.ts";

/** A PDU as it came: only `core/event/parse_pdu.ts` says what it is. PROTOCOL.md 2. */
export const PduValue: z.ZodType<JsonValue> = z.custom<JsonValue>((value) => value !== undefined);

export const EventIdText = z.string().min(2).max(64);
export const RoomIdText = z.string().min(2).max(64);
export const ChannelIdText = z.string().min(1).max(64);
export const UserIdText = z.string().min(3).max(limits.event.maxIdBytes);
export const ServerNameText = z.string().min(1).max(230);
/** A list in a query (one or several values) or in a body. */
export const EventIdList = z.union([
  EventIdText.transform((id) => [id]),
  z.array(EventIdText).max(limits.federation.maxIdsPerRequest),
]);

/**
 * A key entry with the older key of the same server that vouches for it, so that the events of
 * an answer can be verified when their server is away. PROTOCOL.md 8.
 */
export const KeyProof = z.object({
  entry: z.object({
    server: ServerNameText,
    key: z.string().max(64),
    valid_from: z.number().int(),
    valid_until: z.number().int(),
  }),
  vouched_by: z.string().max(64).nullable(),
  voucher_signature: z.string().max(128).nullable(),
});
export type KeyProof = z.infer<typeof KeyProof>;

/**
 * How the answering server holds a key entry: of the entry's own server (its document, or a chain
 * of vouchers that begins there), on the word of others, or not at all. PROTOCOL.md 8.
 */
export const KeyWord = z.object({
  server: ServerNameText,
  key_id: z.string().max(64),
  word: z.enum(["own", "heard", "none"]),
  /** With `none`: when the server's document was last fetched, ms; absent where it never was. */
  as_of: z.number().int().optional(),
});
export type KeyWord = z.infer<typeof KeyWord>;

/** PDUs of an answer and the key entries they rest on. */
export const PduPage = z.object({
  pdus: z.array(PduValue).max(limits.federation.maxPdusPerAnswer),
  keys: z.array(KeyProof).max(limits.federation.maxKeysPerAnswer),
});
export type PduPage = z.infer<typeof PduPage>;
