import { readTimeZone } from "../time_zone.ts";
import { ApiError } from "../api/request.ts";
import type { Context } from "../fresh/mod.ts";
import { text } from "../forms.ts";
import { guildParams, reasonIn } from "../guild_settings.ts";
import { t } from "../i18n/t.ts";
import type { State } from "../../utils.ts";
import { banEndIn, purgeIn } from "./ban_form.ts";

/** What is asked about before it is done. */
const HARD = ["timeout", "kick", "ban"] as const;
export type HardAct = typeof HARD[number];

/** Members that one act may be about; each is an event of its own. */
const CHOSEN_MAX = 50;
const MINUTE_MS = 60_000;

function chosenIn(form: FormData): string[] {
  const users = form.getAll("user").filter((entry) => typeof entry === "string");
  if (users.length === 0) throw new ApiError(400, "invalid", t("bulk.nobody"));
  if (users.length > CHOSEN_MAX) {
    throw new ApiError(400, "invalid", t("bulk.tooMany", { n: CHOSEN_MAX }));
  }
  return users;
}

/** Gives or takes a role; what hurts leads to a question first. */
export async function bulk(ctx: Context<State>, form: FormData): Promise<string | void> {
  const users = chosenIn(form);
  const what = text(form, "what");
  const hard = HARD.find((act) => act === what);
  if (hard) {
    const asked = new URLSearchParams(ctx.url.search);
    for (const name of ["saved", "user"]) asked.delete(name);
    asked.set("confirm", hard);
    for (const id of users) asked.append("user", id);
    return `${ctx.url.pathname}?${asked}`;
  }
  const [, way, role] = /^(give|take):(.+)$/.exec(what) ?? [];
  if (role === undefined) throw new ApiError(400, "invalid", t("bulk.nothing"));
  await ctx.state.api.call("updateRoleMembers", {
    params: { ...guildParams(ctx), role_id: role },
    body: way === "give" ? { add: users } : { remove: users },
  });
  return savedAt(ctx.url);
}

/** The same part of the list, with the word that it is done. */
function savedAt(url: URL): string {
  const query = new URLSearchParams(url.search);
  for (const name of ["confirm", "user"]) query.delete(name);
  query.set("saved", "1");
  return `${url.pathname}?${query}`;
}

/** Does it to each; says to whom it could not be done, and why. */
export async function bulkSure(ctx: Context<State>, form: FormData): Promise<string | void> {
  const users = chosenIn(form);
  const what = HARD.find((act) => act === text(form, "what"));
  const failed: string[] = [];
  for (const user_id of users) {
    try {
      await doTo(ctx, form, { user_id, what });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed.push(`${user_id}: ${error.message}`);
    }
  }
  if (failed.length === 0) return savedAt(ctx.url);
  const done = users.length - failed.length;
  throw new ApiError(400, "invalid", `${t("bulk.partly", { n: done })} ${failed.join(" ")}`);
}

async function doTo(
  ctx: Context<State>,
  form: FormData,
  { user_id, what }: { user_id: string; what: HardAct | undefined },
): Promise<void> {
  const params = { ...guildParams(ctx), user_id };
  const { api, nowMs } = ctx.state;
  const timeZone = readTimeZone(ctx.req);
  if (what === "kick") await api.call("kickMember", { params, body: reasonIn(form) });
  if (what === "ban") {
    await api.call("banMember", {
      params,
      body: { ...reasonIn(form), ...purgeIn(form), ...banEndIn(form, { nowMs, timeZone }) },
    });
  }
  if (what === "timeout") {
    const until = nowMs + (Number(text(form, "minutes")) || 10) * MINUTE_MS;
    await api.call("updateMember", { params, body: { timeout_until: until, ...reasonIn(form) } });
  }
}

/** What the address asks to confirm. */
export function confirmedIn(url: URL): { what: HardAct; users: string[] } | undefined {
  const what = HARD.find((act) => act === url.searchParams.get("confirm"));
  const users = url.searchParams.getAll("user").slice(0, CHOSEN_MAX);
  return what === undefined || users.length === 0 ? undefined : { what, users };
}
