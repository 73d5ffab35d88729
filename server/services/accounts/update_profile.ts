import type { Self } from "../../../core/api/gateway.ts";
import type { Presence } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import { type MediaUri, parseMediaUri } from "../../../core/ids/media_uri.ts";
import type { Caller } from "../../http/caller.ts";
import { publishAccountEvent } from "./account_event.ts";
import type { AccountDeps } from "./deps.ts";
import { readPreferences, shownPresence } from "./preferences.ts";
import { cleanProfileText } from "./profile_text.ts";
import { getSelf } from "./users.ts";

/** null clears, absent keeps. */
export interface ProfileChange {
  readonly display_name?: string | null | undefined;
  readonly avatar?: string | null | undefined;
  readonly bio?: string | null | undefined;
  readonly status?: string | null | undefined;
  /** Milliseconds from now until the status goes by itself; it goes with the status, too. */
  readonly clear_status_after_ms?: number | null | undefined;
}

/** @throws OperationError `invalid`, naming the field */
export async function updateProfile(
  deps: Pick<AccountDeps, "sql" | "clock" | "bus" | "avatars">,
  caller: Pick<Caller, "userId" | "sessionId">,
  change: ProfileChange,
): Promise<Self> {
  const { userId } = caller;
  const texts: Partial<Record<"display_name" | "bio" | "status", string | null>> = {};
  for (const field of ["display_name", "bio", "status"] as const) {
    const typed = change[field];
    if (typed !== undefined) texts[field] = cleanProfileText(field, typed);
  }
  const avatar = change.avatar === undefined || change.avatar === null
    ? change.avatar
    : parseAvatar(change.avatar);
  const changed = await deps.sql.begin(async (tx) => {
    const [held] = await tx<{ avatar: MediaUri | null }[]>`
      select avatar from profiles where user_id = ${userId} for update`;
    const former = held?.avatar ?? null;
    if (avatar !== undefined && avatar !== former) {
      await deps.avatars.replace(tx, { userId, uri: avatar, former });
    }
    const columns = {
      ...texts,
      ...statusEnd(change, deps.clock.now()),
      ...(avatar === undefined ? {} : { avatar }),
    };
    if (Object.keys(columns).length === 0) return false;
    await tx`
      update profiles set ${tx({ ...columns, updated_ts: deps.clock.now() })}
      where user_id = ${userId}`;
    return true;
  });
  if (changed) publishAccountEvent(deps.bus, { kind: "profile_changed", user_id: userId });
  return await getSelf(deps, caller);
}

function statusEnd(
  { status, clear_status_after_ms: afterMs }: ProfileChange,
  nowMs: number,
): { status_until?: number | null } {
  if (afterMs === null || status === null) return { status_until: null };
  return afterMs === undefined ? {} : { status_until: nowMs + afterMs };
}

function parseAvatar(text: string): MediaUri {
  const uri = parseMediaUri(text);
  if (uri !== undefined) return uri;
  throw new OperationError(
    "invalid",
    `The avatar ${JSON.stringify(text)} is not the mxc:// address of an uploaded picture.`,
    { details: { field: "avatar" } },
  );
}

/** Keeps the language of the pages, on all devices; null leaves it to each browser. */
export async function setLanguage(
  deps: Pick<AccountDeps, "sql">,
  caller: Pick<Caller, "userId" | "sessionId">,
  language: string | null,
): Promise<Self> {
  await deps.sql`update users set language = ${language} where user_id = ${caller.userId}`;
  return await getSelf(deps, caller);
}

/** Keeps how a user wants to appear, on all devices and after a restart. */
export async function setPresence(
  deps: Pick<AccountDeps, "sql" | "bus">,
  caller: Pick<Caller, "userId" | "sessionId">,
  presence: Exclude<Presence, "offline">,
): Promise<Self> {
  const { userId } = caller;
  await deps.sql`update users set presence = ${presence} where user_id = ${userId}`;
  const shown = shownPresence(presence, await readPreferences(deps.sql, userId));
  publishAccountEvent(deps.bus, { kind: "presence_chosen", user_id: userId, presence: shown });
  return await getSelf(deps, caller);
}
