import type { ChannelId } from "../ids/channel_id.ts";
import type { EventId } from "../ids/event_id.ts";
import { EVERYONE, type RoleId } from "../ids/role_id.ts";
import type { UserId } from "../ids/user_id.ts";
import type { Authority } from "./authority.ts";
import { DM_BITS, GROUP_DM_BITS, holds, type Right, TIMED_OUT_BITS, WEBHOOK_BITS } from "./bits.ts";
import { type ChannelPolicy, hasText } from "./channel_policy.ts";

/** Why a right is there or not: one rule that spoke, in the order in which the rules apply. */
export interface ExplainStep {
  readonly effect: "allow" | "deny";
  readonly cause: ExplainCause;
  /** The role, or `everyone`, where one is the cause. */
  readonly role?: RoleId | typeof EVERYONE;
  /** The target of the channel's entry, where one is the cause. */
  readonly entry?: string;
  /** The state event that says so; absent where it is the absence of one. */
  readonly eventId?: EventId;
}

export type ExplainCause =
  /** No such channel. */
  | "unknown_channel"
  | "closed_channel"
  | "not_joined"
  | "owner"
  /** A role with ADMINISTRATOR. */
  | "administrator"
  /** The kind of room gives or withholds it: DM, group DM. */
  | "room_kind"
  /** What a webhook may do, and no more. */
  | "webhook"
  /** A role's bits, or everyone's, in the roles table. */
  | "role"
  /** An entry of the channel. */
  | "entry"
  /** Nothing gives it. */
  | "not_granted"
  /** The channel is hidden from the user: without VIEW_CHANNEL there is nothing. */
  | "hidden"
  | "timeout";

export interface Explanation {
  readonly right: Right;
  /** Always what `Authority.rights` (or `base`) answers. */
  readonly allowed: boolean;
  /** The step that decided. */
  readonly deciding: ExplainStep;
  /** Everything that spoke, in order; the deciding step is among them. */
  readonly steps: readonly ExplainStep[];
}

export interface Question {
  readonly user: UserId;
  readonly right: Right;
  readonly atTs: number;
  /** Absent: the right in the room as a whole. */
  readonly channelId?: ChannelId;
}

/** Answers "why can X do this here?". PROTOCOL.md 4. Pure; the browser calls the same function. */
export function explain(authority: Authority, question: Question): Explanation {
  const steps = stepsOf(authority, question);
  const held = steps.at(-1)?.effect === "allow";
  const final = held ? [...steps, ...timeoutStep(authority, question)] : steps;
  const deciding = final.at(-1) ?? { effect: "deny", cause: "not_granted" };
  return {
    right: question.right,
    allowed: deciding.effect === "allow",
    deciding,
    steps: final.length === 0 ? [deciding] : final,
  };
}

function stepsOf(authority: Authority, question: Question): ExplainStep[] {
  const { user, channelId } = question;
  const policy = channelId === undefined ? undefined : authority.channel(channelId);
  if (channelId !== undefined) {
    if (policy === undefined) return [{ effect: "deny", cause: "unknown_channel" }];
    if (policy.closed) return [deny("closed_channel", idAt(authority, POLICY, channelId))];
  }
  if (!authority.isJoined(user)) return [deny("not_joined", idAt(authority, MEMBER, user))];
  if (user === authority.owner()) return [allow("owner", idAt(authority, "m.guild.owner", ""))];
  if (authority.member(user)?.kind === "webhook") return [webhookStep(authority, question, policy)];
  const { kind } = authority.room;
  if (kind === "dm" || kind === "group_dm") return [roomKindStep(authority, question)];
  const administrator = administratorStep(authority, user);
  if (administrator !== undefined) return [administrator];
  const steps = baseSteps(authority, question);
  if (policy === undefined || channelId === undefined) return steps;
  steps.push(...entrySteps(authority, { ...question, channelId }, policy));
  return steps.at(-1)?.effect === "allow"
    ? [...steps, ...hiddenStep(authority, { ...question, channelId })]
    : steps;
}

const MEMBER = "m.room.member";
const POLICY = "m.channel.policy";

function idAt(authority: Authority, type: string, stateKey: string): EventId | undefined {
  return authority.view.get(type, stateKey)?.id;
}

type Detail = Pick<ExplainStep, "role" | "entry">;

function step(
  effect: ExplainStep["effect"],
  cause: ExplainCause,
  at: { eventId: EventId | undefined } & Detail,
): ExplainStep {
  const { eventId, ...detail } = at;
  return { effect, cause, ...detail, ...(eventId === undefined ? {} : { eventId }) };
}

function allow(cause: ExplainCause, eventId: EventId | undefined, detail: Detail = {}) {
  return step("allow", cause, { eventId, ...detail });
}

function deny(cause: ExplainCause, eventId: EventId | undefined, detail: Detail = {}) {
  return step("deny", cause, { eventId, ...detail });
}

function webhookStep(
  authority: Authority,
  { user, right, channelId }: Question,
  policy: ChannelPolicy | undefined,
): ExplainStep {
  const here = policy !== undefined && hasText(policy) &&
    authority.member(user)?.channel === channelId && holds(WEBHOOK_BITS, right);
  return step(here ? "allow" : "deny", "webhook", { eventId: idAt(authority, MEMBER, user) });
}

function roomKindStep(authority: Authority, { user, right }: Question): ExplainStep {
  const { kind, users } = authority.room;
  const granted = kind === "dm"
    ? users.includes(user) && holds(DM_BITS, right)
    : holds(GROUP_DM_BITS, right);
  const eventId = idAt(authority, "m.room.create", "");
  return step(granted ? "allow" : "deny", "room_kind", { eventId });
}

/** Roles in force, strongest first, everyone last. */
function rolesOf(authority: Authority, user: UserId): (RoleId | typeof EVERYONE)[] {
  const table = authority.table();
  const position = (role: RoleId) => table.roles.get(role)?.position ?? 0;
  const roles = [...authority.rolesOf(user)].sort((a, b) => position(b) - position(a));
  return [...roles, EVERYONE];
}

function bitsOfRole(authority: Authority, role: RoleId | typeof EVERYONE): bigint {
  const table = authority.table();
  return role === EVERYONE ? table.everyone : table.roles.get(role)?.bits ?? 0n;
}

function administratorStep(authority: Authority, user: UserId): ExplainStep | undefined {
  const role = rolesOf(authority, user)
    .find((role) => holds(bitsOfRole(authority, role), "ADMINISTRATOR"));
  if (role === undefined) return undefined;
  return allow("administrator", idAt(authority, "m.guild.roles", ""), { role });
}

function baseSteps(authority: Authority, { user, right }: Question): ExplainStep[] {
  const eventId = idAt(authority, "m.guild.roles", "");
  const role = rolesOf(authority, user).find((role) => holds(bitsOfRole(authority, role), right));
  return role === undefined ? [deny("not_granted", eventId)] : [allow("role", eventId, { role })];
}

type InChannel = Question & { readonly channelId: ChannelId };

/** The entries that name the right: everyone's, then the roles' (an allow beats a deny), then one's own. */
function entrySteps(
  authority: Authority,
  { user, right, channelId }: InChannel,
  { entries }: ChannelPolicy,
): ExplainStep[] {
  const eventId = idAt(authority, POLICY, channelId);
  const steps: ExplainStep[] = [];
  const speak = (targets: readonly string[]) => {
    const named = targets.flatMap((target) => entries.get(target) ?? []);
    const allowing = named.find((entry) => holds(entry.allow, right));
    const denying = named.find((entry) => holds(entry.deny, right));
    const entry = allowing ?? denying;
    if (entry === undefined) return;
    const detail = { entry: entry.target };
    steps.push(
      entry === allowing ? allow("entry", eventId, detail) : deny("entry", eventId, detail),
    );
  };
  speak([EVERYONE]);
  speak(rolesOf(authority, user).filter((role) => role !== EVERYONE));
  speak([user]);
  return steps;
}

function hiddenStep(authority: Authority, question: InChannel): ExplainStep[] {
  if (question.right === "VIEW_CHANNEL") return [];
  const sight = explain(authority, { ...question, right: "VIEW_CHANNEL" });
  if (sight.allowed) return [];
  const { cause: _cause, ...detail } = sight.deciding;
  return [{ ...detail, cause: "hidden" }];
}

function timeoutStep(authority: Authority, { user, right, atTs }: Question): ExplainStep[] {
  if (!authority.isTimedOut(user, atTs) || holds(TIMED_OUT_BITS, right)) return [];
  return [deny("timeout", idAt(authority, "m.room.timeout", user))];
}
