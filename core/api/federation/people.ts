import { z } from "zod";
import { limits } from "../../limits.ts";
import { defineFederationOperation } from "./operation.ts";
import { KeyProof, KeyWord, RoomIdText, ServerNameText, UserIdText } from "./shapes.ts";

/** A user of the answering server as everybody may see them. */
export const getProfile = defineFederationOperation({
  id: "getProfile",
  method: "GET",
  path: "/_federation/profile",
  summary: "Profile of one of the receiver's users",
  request: z.object({ user: UserIdText }),
  answer: z.object({
    user: UserIdText,
    display_name: z.string().max(limits.content.maxNameBytes).nullable(),
    avatar: z.string().max(limits.content.maxUriBytes).nullable(),
    avatar_blake3: z.string().max(44).nullable().optional(),
    bio: z.string().max(limits.content.maxTopicBytes).nullable(),
    status: z.string().max(limits.content.maxNameBytes).nullable(),
    bot: z.boolean(),
  }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 10_000,
});

/** Key entries that the answering server holds, of whatever server, with their vouchers. */
export const getKeys = defineFederationOperation({
  id: "getKeys",
  method: "POST",
  path: "/_federation/keys",
  summary: "Key entries by server and key id, and how the receiver holds them",
  request: z.object({
    names: z.array(z.object({ server: ServerNameText, key_id: z.string().max(64) }))
      .max(limits.federation.maxIdsPerRequest),
  }),
  answer: z.object({
    keys: z.array(KeyProof).max(limits.federation.maxKeysPerAnswer),
    /** Of each that was asked for. */
    words: z.array(KeyWord).max(limits.federation.maxIdsPerRequest).optional(),
    /** The answering server is checking a room that it has joined. */
    checking: z.boolean().optional(),
  }),
  maxAnswerBytes: 1024 * 1024,
  timeoutMs: 15_000,
});

/** A file of the answering server, or of another whose copy it holds. PROTOCOL.md 10. */
export const getMedia = defineFederationOperation({
  id: "getMedia",
  method: "GET",
  path: "/_federation/media/:server/:media_id",
  summary: "Bytes of a file that the asker may see a use of",
  request: z.object({ server: ServerNameText, media_id: z.string().max(64) }),
  answer: z.undefined(),
  binaryAnswer: true,
  maxAnswerBytes: limits.federation.maxMediaBytes,
  timeoutMs: 120_000,
});

/** Take away what a user of the asker wrote. PROTOCOL.md 6 (erasure). */
export const eraseUser = defineFederationOperation({
  id: "eraseUser",
  method: "POST",
  path: "/_federation/erase",
  summary: "Erase what one of the asker's users wrote, and answer with a signed receipt",
  request: z.object({
    user: UserIdText,
    /** Absent: in all rooms. */
    rooms: z.array(RoomIdText).max(limits.federation.maxIdsPerRequest).optional(),
    before_ts: z.number().int(),
    seq: z.number().int().min(0),
    /** Tag `erasure`, by a current key of the user's server, over the other fields. */
    signature: z.object({ key_id: z.string().max(64), value: z.string().max(128) }),
  }),
  answer: z.object({
    user: UserIdText,
    seq: z.number().int(),
    erased: z.number().int(),
    done_ts: z.number().int(),
    signature: z.object({ key_id: z.string().max(64), value: z.string().max(128) }),
  }),
  maxAnswerBytes: 64 * 1024,
  timeoutMs: 120_000,
});
