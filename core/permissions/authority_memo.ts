import type { ControlEvent } from "../event/event.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { type ChannelPolicy, parseChannelPolicy } from "./channel_policy.ts";
import { type MemberContent, parseMember } from "./member_content.ts";
import { parseMemberRoles, parseRolesTable, type RoleSet, RolesTable } from "./roles_table.ts";

/** Above this many remembered users the memo starts afresh. */
const STANDINGS_MAX = 50_000;

/** What a user is in a state, before channels and timeouts. */
export interface Standing {
  readonly joined: boolean;
  readonly set: RoleSet;
  /** The one channel of a webhook; null for a webhook that names none; undefined for all others. */
  readonly webhookChannel: ChannelId | null | undefined;
}

interface StandingSources {
  readonly member: ControlEvent | undefined;
  readonly memberRoles: ControlEvent | undefined;
  readonly table: RolesTable;
}

/** A closed channel without entries: what a policy that cannot be read grants. */
const UNREADABLE_POLICY: ChannelPolicy = {
  kind: "",
  parent: undefined,
  closed: true,
  entries: new Map(),
};

/**
 * Parsed contents and standings, shared by all views of one room. Contents are kept as long
 * as their event; a standing is valid only for the very events it was read from.
 */
export class AuthorityMemo {
  readonly #tables = new WeakMap<ControlEvent, RolesTable>();
  readonly #policies = new WeakMap<ControlEvent, ChannelPolicy>();
  readonly #members = new WeakMap<ControlEvent, { content: MemberContent | undefined }>();
  readonly #standings = new Map<UserId, { sources: StandingSources; standing: Standing }>();

  table(event: ControlEvent): RolesTable {
    return remember(
      this.#tables,
      event,
      () => parseRolesTable(event.pdu.content) ?? RolesTable.NONE,
    );
  }

  policy(event: ControlEvent): ChannelPolicy {
    return remember(
      this.#policies,
      event,
      () => parseChannelPolicy(event.pdu.content) ?? UNREADABLE_POLICY,
    );
  }

  member(event: ControlEvent): MemberContent | undefined {
    return remember(this.#members, event, () => ({ content: parseMember(event.pdu.content) }))
      .content;
  }

  standing(user: UserId, sources: StandingSources): Standing {
    const known = this.#standings.get(user);
    if (
      known !== undefined && known.sources.member === sources.member &&
      known.sources.memberRoles === sources.memberRoles && known.sources.table === sources.table
    ) return known.standing;
    if (known === undefined && this.#standings.size >= STANDINGS_MAX) this.#standings.clear();
    const standing = this.#readStanding(sources);
    this.#standings.set(user, { sources, standing });
    return standing;
  }

  /**
   * Roles count only for the very join they were given in: `member_roles` must cite the member
   * event in the state at hand, and that must say join. PROTOCOL.md 4.
   */
  #readStanding({ member, memberRoles, table }: StandingSources): Standing {
    const content = member === undefined ? undefined : this.member(member);
    const joined = content?.membership === "join";
    const isWebhook = content?.kind === "webhook";
    const webhookChannel = isWebhook ? content.channel ?? null : undefined;
    const inForce = joined && !isWebhook && member !== undefined && memberRoles !== undefined &&
      memberRoles.pdu.auth_events.includes(member.id);
    const listed = inForce ? parseMemberRoles(memberRoles.pdu.content) ?? [] : [];
    return { joined, set: table.setOf(listed), webhookChannel };
  }
}

function remember<Value>(
  memo: WeakMap<ControlEvent, Value>,
  event: ControlEvent,
  make: () => Value,
): Value {
  const known = memo.get(event);
  if (known !== undefined) return known;
  const made = make();
  memo.set(event, made);
  return made;
}
