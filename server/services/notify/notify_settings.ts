import { NOTIFY, type NotifySetting } from "../../../core/api/notify.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { isDefault, isMuted, NO_CHOICE } from "../../../core/rules/notify.ts";
import { LOCK_CLASS } from "../../postgres/lock_keys.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, openGuild } from "../chat/place.ts";
import type { NotifyNotice } from "./notify_notice.ts";
import {
  countNotifySettings,
  findNotifySetting,
  findNotifySettings,
  type NotifyRef,
  type Suppressed,
  writeNotifySetting,
} from "./notify_rows.ts";

export type NotifyDeps = ChatDeps & { readonly announceNotify: (notice: NotifyNotice) => void };

/** Absent keeps. */
export interface NotifyChange {
  readonly level?: NotifySetting["level"] | undefined;
  readonly suppress_everyone?: boolean | undefined;
  readonly suppress_roles?: boolean | undefined;
  readonly muted?: boolean | undefined;
  readonly mute_ms?: number | undefined;
}

/** What the account has chosen, without what is as it would be anyway. */
export async function listNotifySettings(
  deps: Pick<ChatDeps, "sql" | "clock">,
  userId: UserId,
): Promise<NotifySetting[]> {
  const nowMs = deps.clock.now();
  return (await findNotifySettings(deps.sql, userId))
    .map((setting) =>
      isMuted(setting, nowMs) ? setting : { ...setting, muted: false, muted_until: null }
    )
    .filter((setting) => !isDefault(setting));
}

/** Of these, the guilds in which @everyone or roles are no mention, as `findSuppressed` reads them. */
export function suppressedOf(settings: readonly NotifySetting[]): ReadonlyMap<string, Suppressed> {
  return new Map(
    settings.filter((each) =>
      each.channel_id === null && (each.suppress_everyone || each.suppress_roles)
    ).map((each) => [
      each.room_id,
      { everyone: each.suppress_everyone, roles: each.suppress_roles },
    ]),
  );
}

/**
 * Chooses what to be told of a guild, a channel or a conversation.
 * @throws OperationError `invalid`, `limit_reached`, `not_found`
 */
export async function setNotifySetting(
  deps: NotifyDeps,
  userId: UserId,
  input: NotifyChange & { readonly room_id: string; readonly channel_id: string | null },
): Promise<NotifySetting> {
  const ref = await placeOf(deps, userId, input);
  requireSense(ref, input);
  return await change(deps, ref, async (tx, held) => {
    if (held === undefined) await requireRoom(tx, userId);
    const nowMs = deps.clock.now();
    const before = held ?? NO_CHOICE;
    return {
      level: input.level === undefined ? before.level : input.level,
      suppress_everyone: input.suppress_everyone ?? before.suppress_everyone,
      suppress_roles: input.suppress_roles ?? before.suppress_roles,
      muted: input.muted ?? before.muted,
      muted_until: input.muted === undefined
        ? before.muted_until
        : input.muted && input.mute_ms !== undefined
        ? nowMs + input.mute_ms
        : null,
    };
  });
}

/**
 * Takes a choice back, wherever the account has one.
 * @throws OperationError `not_found`
 */
export async function resetNotifySetting(
  deps: NotifyDeps,
  userId: UserId,
  place: { readonly room_id: string; readonly channel_id: string | null },
): Promise<NotifySetting> {
  const ref = { userId, roomId: place.room_id, channelId: place.channel_id };
  return await change(deps, ref, (_tx, held) => {
    if (held === undefined) {
      throw new OperationError("not_found", "Nothing was chosen for this place.");
    }
    return Promise.resolve(NO_CHOICE);
  });
}

async function placeOf(
  deps: NotifyDeps,
  userId: UserId,
  { room_id, channel_id }: { readonly room_id: string; readonly channel_id: string | null },
): Promise<NotifyRef> {
  if (channel_id === null) {
    const guild = await openGuild(deps, userId, room_id);
    return { userId, roomId: guild.id, channelId: null };
  }
  const place = await openChannel(deps, userId, { roomId: room_id, channelId: channel_id });
  return { userId, roomId: place.room.id, channelId: place.channelId };
}

function requireSense(ref: NotifyRef, input: NotifyChange): void {
  const suppresses = input.suppress_everyone !== undefined || input.suppress_roles !== undefined;
  if (ref.channelId !== null && suppresses) {
    throw new OperationError(
      "invalid",
      "Whether @everyone and roles count is chosen for a whole guild: leave channel_id null.",
    );
  }
  if (input.mute_ms !== undefined && input.muted !== true) {
    throw new OperationError("invalid", "mute_ms says for how long: send it with muted: true.");
  }
}

type Choice = Omit<NotifySetting, "room_id" | "channel_id">;

async function change(
  deps: NotifyDeps,
  ref: NotifyRef,
  next: (tx: Queryable, held: NotifySetting | undefined) => Promise<Choice>,
): Promise<NotifySetting> {
  const { userId } = ref;
  const chosen = await deps.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK_CLASS.notifyOf}, hashtext(${userId}))`;
    const choice = await next(tx, await findNotifySetting(tx, ref));
    await writeNotifySetting(tx, ref, { ...choice, nowMs: deps.clock.now() });
    return choice;
  });
  const { level, suppress_everyone, suppress_roles, muted, muted_until } = chosen;
  const setting = {
    room_id: ref.roomId,
    channel_id: ref.channelId,
    level,
    suppress_everyone,
    suppress_roles,
    muted,
    muted_until,
  };
  deps.announceNotify({ userId, setting });
  return setting;
}

async function requireRoom(tx: Queryable, userId: UserId): Promise<void> {
  if (await countNotifySettings(tx, userId, NOTIFY.settings) < NOTIFY.settings) return;
  throw new OperationError(
    "limit_reached",
    `You have chosen differently for ${NOTIFY.settings} places, which is the most: ` +
      "take some back in the settings first.",
  );
}
