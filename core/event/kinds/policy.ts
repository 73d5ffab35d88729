import { EVERYONE, parseRoleId } from "../../ids/role_id.ts";
import { parseUserId } from "../../ids/user_id.ts";
import { limits } from "../../limits.ts";
import { bits, channelId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import {
  closedObject,
  flag,
  id,
  type Infer,
  list,
  object,
  optional,
  pattern,
  refine,
} from "./shape.ts";

const target = id(
  (value) => value === EVERYONE ? value : parseRoleId(value) ?? parseUserId(value),
  '"everyone", a role id or a user id',
);

const content = object({
  kind: pattern(/^[a-z_]{1,32}$/, "a kind of channel"),
  parent: optional(channelId),
  closed: flag,
  entries: refine(
    list(closedObject({ target, allow: bits, deny: bits }), limits.authority.maxEntries),
    (entries) =>
      entries.every((entry, at) => at === 0 || (entries[at - 1]?.target as string) < entry.target)
        ? undefined
        : ": not sorted by target, or one twice",
  ),
});
export type PolicyContent = Infer<typeof content>;

/** A channel: its kind, its place, who may do what in it. PROTOCOL.md 4. */
export const policyKind = defineKind<PolicyContent>({
  type: "m.channel.policy",
  plane: "control",
  stateKey: "channel",
  authority: true,
  content,
  fields:
    "`kind: text/voice/category`, `parent?`, `closed`, `entries: [{target: everyone/rid/user, allow, deny}]`, sorted by target, at most 200",
  right: "MANAGE_CHANNELS; for entries MANAGE_ROLES in the channel (section 4)",
});
