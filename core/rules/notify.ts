import type { NotifyLevel, NotifySetting } from "../api/notify.ts";

/** What of a message decides whether its reader is told. */
export interface Pinging {
  readonly everyone: boolean;
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/** What holds for one channel or conversation, of all that was chosen above it. */
export interface Attention {
  readonly level: NotifyLevel;
  readonly muted: boolean;
  readonly suppressEveryone: boolean;
  readonly suppressRoles: boolean;
}

type Choice = Omit<NotifySetting, "room_id" | "channel_id">;

/** Nothing is chosen: as a guild, a channel or a conversation is by default. */
export const NO_CHOICE: Choice = {
  level: null,
  suppress_everyone: false,
  suppress_roles: false,
  muted: false,
  muted_until: null,
};

/** Whether nothing was chosen, so that nothing needs to be kept. */
export function isDefault(choice: Choice): boolean {
  return choice.level === null && !choice.muted && !choice.suppress_everyone &&
    !choice.suppress_roles;
}

/** Whether a place is silent at `nowMs`; `muted_until` null mutes for good. */
export function isMuted(choice: Choice | undefined, nowMs: number): boolean {
  return choice?.muted === true && (choice.muted_until === null || choice.muted_until > nowMs);
}

/**
 * What holds in a place. A muted guild mutes all of its channels; whether @everyone and roles
 * count is decided for the guild alone. `guild` is undefined for a conversation.
 */
export function attentionOf(
  chosen: { readonly guild?: Choice | undefined; readonly own?: Choice | undefined },
  place: { readonly conversation: boolean; readonly nowMs: number },
): Attention {
  const { guild, own } = chosen;
  return {
    level: own?.level ?? guild?.level ?? (place.conversation ? "all" : "mentions"),
    muted: isMuted(own, place.nowMs) || isMuted(guild, place.nowMs),
    suppressEveryone: guild?.suppress_everyone ?? false,
    suppressRoles: guild?.suppress_roles ?? false,
  };
}

/** Whether a message counts as a mention of its reader. */
export function pings(
  message: Pinging,
  reader: { readonly userId: string; readonly roles: readonly string[] },
  { suppressEveryone, suppressRoles }: Pick<Attention, "suppressEveryone" | "suppressRoles">,
): boolean {
  return message.users.includes(reader.userId) || (message.everyone && !suppressEveryone) ||
    (!suppressRoles && message.roles.some((role) => reader.roles.includes(role)));
}

/** Whether the reader is to be notified: a sound, a notification, a push. */
export function isTold({ level, muted }: Attention, pinged: boolean): boolean {
  return !muted && (level === "all" || (level === "mentions" && pinged));
}

/** In a thread who follows it is told of all of it, others of mentions alone; silence stays. */
export function threadLevel(level: NotifyLevel, following: boolean): NotifyLevel {
  if (level === "nothing") return level;
  return following ? "all" : "mentions";
}
