import type { Context } from "./fresh/mod.ts";
import type { Guild } from "../../core/api/guild.ts";
import type { State } from "../utils.ts";
import { roomIdOf } from "./format/paths.ts";
import { type Key, t } from "./i18n/t.ts";

/** The guild a settings page is about, as the visitor sees it. */
export async function readGuild(ctx: Context<State>, title: Key): Promise<Guild> {
  const guild = await ctx.state.api.call("getGuild", { params: guildParams(ctx) });
  ctx.state.title = `${t(title)} · ${guild.name}`;
  return guild;
}

export function guildParams(ctx: Context<State>): { guild_id: string } {
  return { guild_id: roomIdOf(ctx.params["guild"] ?? "") };
}

/** `{ reason }` of a form where one was given. */
export function reasonIn(form: FormData): { reason?: string } {
  const value = form.get("reason");
  return typeof value === "string" && value.trim() !== "" ? { reason: value.trim() } : {};
}
