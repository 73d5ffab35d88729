import { channelId, reason, ts, userId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, object, optional, refine } from "./shape.ts";

const content = refine(
  object({
    user: userId,
    channel_id: optional(channelId),
    from_ts: ts,
    to_ts: ts,
    reason: optional(reason),
  }),
  (purge) => purge.from_ts <= purge.to_ts ? undefined : ".to_ts: before from_ts",
);
export type PurgeContent = Infer<typeof content>;

/** Takes content away from a user's timeline events of a span of time. PROTOCOL.md 6. */
export const purgeKind = defineKind<PurgeContent>({
  type: "m.purge",
  plane: "control",
  stateKey: "none",
  authority: false,
  content,
  fields: "`user`, `channel_id?`, `from_ts` <= `to_ts` <= own `origin_ts`, `reason?`",
  right: "BAN or MANAGE_MESSAGES in base, rank above the user; or sender = user",
});
