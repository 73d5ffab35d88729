import { othersIn } from "./format/dm_name.ts";
import { page } from "fresh";
import { type Context } from "./fresh/mod.ts";
import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { errorText } from "./i18n/error_text.ts";
import { loadChat } from "./chat_page.ts";
import { readForm, text } from "./forms.ts";
import { lastPlaceCookie } from "./last_place.ts";
import { encodeMentions } from "./md/mention_text.ts";
import { addressOf, isTalk, pathOf } from "./store/place.ts";
import type { ChatProps } from "./store/chat.ts";

function loginFirst(ctx: Context<State>): Response {
  return ctx.redirect(`/login?next=${encodeURIComponent(ctx.url.pathname)}`);
}

/** Draws the app at the request's own path. */
export async function showChat(ctx: Context<State>) {
  const chat = await loadChat(ctx.state, ctx.req, ctx.url.pathname);
  if (!chat) return loginFirst(ctx);
  const { place, snapshot } = chat;
  if (place.kind === "channel" && ctx.params["channel"] === undefined) {
    return ctx.redirect(pathOf(snapshot, place));
  }
  if (isTalk(place) && place.focus !== null && chat.page?.thread_id !== undefined) {
    // What the address names stands in a thread.
    const thread = { id: chat.page.thread_id, focus: place.focus };
    return ctx.redirect(addressOf(snapshot, { ...place, focus: null, thread }));
  }
  const headers: Record<string, string> = isTalk(place)
    ? { "set-cookie": lastPlaceCookie(pathOf(snapshot, place)) }
    : {};
  return page<ChatProps>(chat, { headers });
}

/** A message sent by the plain form of a page without scripts. */
export async function postMessage(ctx: Context<State>) {
  const form = await readForm(ctx.req);
  const chat = await loadChat(ctx.state, ctx.req, ctx.url.pathname);
  if (!chat) return loginFirst(ctx);
  const { place, snapshot } = chat;
  const body = text(form, "body").trim();
  if (!isTalk(place) || body === "") return ctx.redirect(ctx.url.pathname);
  try {
    await ctx.state.api.call("sendMessage", {
      params: { room_id: place.roomId },
      body: {
        channel_id: place.channelId,
        ...(place.thread === undefined ? {} : { thread_id: place.thread.id }),
        body: encodeMentions(body, namesIn(chat)),
      },
    });
    const thread = place.thread && { thread: { ...place.thread, focus: null } };
    return ctx.redirect(addressOf(snapshot, { ...place, focus: null, ...thread }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return page<ChatProps>({ ...chat, formError: errorText(error) }, { status: 400 });
  }
}

function namesIn(chat: ChatProps) {
  const { snapshot, place, members } = chat;
  const guild = place.kind === "channel"
    ? snapshot.guilds.find((entry) => entry.id === place.guildId)
    : undefined;
  return {
    server: snapshot.server.name,
    users: new Set([
      ...(members?.members.map((member) => member.user.id) ?? []),
      ...snapshot.dms.flatMap((dm) => othersIn(dm, snapshot.self.user.id)).map(({ id }) => id),
    ]),
    roles: new Map(guild?.roles.map((role) => [role.name, role.id])),
    channels: new Map(
      guild?.channels.filter((channel) => !channel.private && channel.kind !== "category")
        .map((channel) => [channel.name, channel.id]),
    ),
  };
}
