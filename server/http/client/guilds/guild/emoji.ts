import {
  addEmoji as addOperation,
  removeEmoji as removeOperation,
  renameEmoji as renameOperation,
} from "../../../../../core/api/emoji.ts";
import { addEmoji, removeEmoji, renameEmoji } from "../../../../services/guilds/guild_emoji.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

function addEmojiRoute(deps: ChatRouteDeps): Route {
  return route(addOperation, ({ caller, params, body }) =>
    addEmoji(deps, caller.userId, {
      guildId: params.guild_id,
      name: params.name,
      ...body,
    }));
}

function renameEmojiRoute(deps: ChatRouteDeps): Route {
  return route(renameOperation, ({ caller, params, body }) =>
    renameEmoji(deps, caller.userId, {
      guildId: params.guild_id,
      name: params.name,
      to: body.name,
      reason: body.reason,
    }));
}

function removeEmojiRoute(deps: ChatRouteDeps): Route {
  return route(removeOperation, async ({ caller, params }) => {
    await removeEmoji(deps, caller.userId, { guildId: params.guild_id, name: params.name });
    return {};
  });
}

/** A guild's own emoji. */
export function emojiRoutes(deps: ChatRouteDeps): Route[] {
  return [addEmojiRoute(deps), renameEmojiRoute(deps), removeEmojiRoute(deps)];
}
