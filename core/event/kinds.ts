import { channelMetaKind } from "./kinds/channel_meta.ts";
import { createKind } from "./kinds/create.ts";
import { emojiKind } from "./kinds/emoji.ts";
import { encryptionKind } from "./kinds/encryption.ts";
import { guildMetaKind } from "./kinds/guild_meta.ts";
import { guildWelcomeKind } from "./kinds/guild_welcome.ts";
import { historyVisibilityKind } from "./kinds/history_visibility.ts";
import { joinRulesKind } from "./kinds/join_rules.ts";
import type { EventKind } from "./kinds/kind.ts";
import { memberKind } from "./kinds/member.ts";
import { memberProfileKind } from "./kinds/member_profile.ts";
import { memberRolesKind } from "./kinds/member_roles.ts";
import { mergeKind } from "./kinds/merge.ts";
import { messageKind } from "./kinds/message.ts";
import { ownerKind } from "./kinds/owner.ts";
import { pinKind } from "./kinds/pin.ts";
import { policyKind } from "./kinds/policy.ts";
import { pollKind } from "./kinds/poll.ts";
import { pollEndKind } from "./kinds/poll_end.ts";
import { pollVoteKind } from "./kinds/poll_vote.ts";
import { previewsOffKind } from "./kinds/previews_off.ts";
import { purgeKind } from "./kinds/purge.ts";
import { reactionKind } from "./kinds/reaction.ts";
import { redactionKind } from "./kinds/redaction.ts";
import { roleKind } from "./kinds/role.ts";
import { rolesKind } from "./kinds/roles.ts";
import { serverAclKind } from "./kinds/server_acl.ts";
import { stayKind } from "./kinds/stay.ts";
import { threadKind } from "./kinds/thread.ts";
import { timeoutKind } from "./kinds/timeout.ts";
import { tombstoneKind } from "./kinds/tombstone.ts";

/** Every type of event of `og1`, in the order of the table that opens PROTOCOL.md. */
export const KINDS: readonly EventKind[] = [
  createKind,
  ownerKind,
  rolesKind,
  memberRolesKind,
  timeoutKind,
  stayKind,
  policyKind,
  memberKind,
  joinRulesKind,
  historyVisibilityKind,
  serverAclKind,
  tombstoneKind,
  encryptionKind,
  roleKind,
  guildMetaKind,
  guildWelcomeKind,
  channelMetaKind,
  memberProfileKind,
  emojiKind,
  redactionKind,
  purgeKind,
  mergeKind,
  messageKind,
  reactionKind,
  pinKind,
  threadKind,
  pollKind,
  pollVoteKind,
  pollEndKind,
  previewsOffKind,
];

/** Types that later issues give a meaning; until then they are carried like unknown ones. */
export const RESERVED_TYPES = ["m.member.move"] as const;

const byType: ReadonlyMap<string, EventKind> = new Map(KINDS.map((kind) => [kind.type, kind]));

/** The kind of a type, or undefined: unknown types are carried and not shown. */
export function kindOf(type: string): EventKind | undefined {
  return byType.get(type);
}
