import type { Guild, Member } from "../../../core/api/guild.ts";
import type { Message } from "../../../core/api/message.ts";
import { excerptOf } from "../../../core/api/shown.ts";
import { mentionsViewer } from "../../../core/api/personal_message.ts";
import type { User } from "../../../core/api/user.ts";
import type { ChatState } from "./chat.ts";
import { memberColor } from "./member_groups.ts";

/** Changes held messages, in whichever windows; those that stay the same draw nothing anew. */
function changeHeld(state: ChatState, change: (message: Message) => Message): void {
  for (const window of state.windows.values()) {
    const held = window.value.messages;
    const messages = held.map(change);
    if (messages.some((message, at) => message !== held[at])) {
      window.value = { ...window.value, messages };
    }
  }
}

/** Somebody looks different: what they said, and what answers it, says so. */
export function showAuthor(state: ChatState, user: User): void {
  changeHeld(state, (message) => {
    const answers = message.reply_to?.author?.id === user.id;
    if (message.author.id !== user.id && !answers) return message;
    return {
      ...message,
      // What a webhook wrote shows what it was called then.
      author: message.author.id === user.id && !message.webhook ? user : message.author,
      reply_to: message.reply_to && answers
        ? { ...message.reply_to, author: user }
        : message.reply_to,
    };
  });
}

/** Nickname and color of a member's messages in the guild's own channels. */
export function showMember(state: ChatState, guild: Guild, member: Member): void {
  const { nickname, guild_avatar: picture } = member;
  const color = memberColor(guild, member);
  changeHeld(
    state,
    (message) =>
      message.room_id !== guild.id || message.author.id !== member.user.id ||
        (message.nickname === nickname && message.color === color &&
          (message.guild_avatar ?? null) === picture)
        ? message
        : { ...withPicture(message, picture), nickname, color },
  );
}

function withPicture({ guild_avatar: _former, ...message }: Message, picture: string | null) {
  return picture === null ? message : { ...message, guild_avatar: picture };
}

/** One's own roles decide which messages of a guild are for oneself. */
export function showMentions(state: ChatState, guild: Guild): void {
  const viewer = { userId: guild.me.user.id, roles: guild.me.roles };
  changeHeld(state, (message) => {
    if (message.room_id !== guild.id || message.author.id === viewer.userId) return message;
    const mentionsMe = mentionsViewer(message.mentions, viewer);
    return message.mentions_me === mentionsMe ? message : { ...message, mentions_me: mentionsMe };
  });
}

/** Who has left has no roles, so no color. */
export function showFormerMember(state: ChatState, guildId: string, userId: string): void {
  changeHeld(
    state,
    (message) =>
      message.room_id === guildId && message.author.id === userId && message.color !== null
        ? { ...message, color: null }
        : message,
  );
}

/** What answers a message that was changed or deleted shows it as it is now. */
export function showAnswered(state: ChatState, target: Message): void {
  const excerpt = excerptOf({
    body: target.body,
    files: target.media.length,
    gone: target.redacted !== null,
  });
  changeHeld(
    state,
    (message) =>
      message.reply_to?.id === target.id && message.reply_to.excerpt !== excerpt
        ? { ...message, reply_to: { ...message.reply_to, excerpt } }
        : message,
  );
}

/** How an author looks; a webhook only until its profile is known, since its messages may differ. */
export function rememberAuthor(state: ChatState, { author, webhook }: Message): void {
  if (webhook && state.users.has(author.id)) return;
  state.users.set(author.id, author);
}
