import type { User } from "../../../core/api/user.ts";

/** `@alice:example.org` -> `alice`. */
export function localPart(userId: string): string {
  return /^@([^:]+):/.exec(userId)?.[1] ?? userId;
}

/** `@alice:example.org` -> `example.org`. */
export function serverOf(userId: string): string {
  return userId.slice(userId.indexOf(":") + 1);
}

/** How people read and type an id, everywhere the same: `@alice:example.org` -> `@alice@example.org`. */
export function handleOf(userId: string): string {
  return `@${localPart(userId)}@${serverOf(userId)}`;
}

/** The home server where it is not this one: the quiet suffix of a name. */
export function foreignServer(userId: string, ownServer: string): string | undefined {
  const server = serverOf(userId);
  return server === ownServer ? undefined : server;
}

/** What a person is called where no guild gives a nickname. */
export function nameOf(user: Pick<User, "id" | "display_name">): string {
  return user.display_name ?? localPart(user.id);
}

/** What a member is called in the guild. */
export function memberName(
  member: { readonly nickname: string | null; readonly user: Pick<User, "id" | "display_name"> },
): string {
  return member.nickname ?? nameOf(member.user);
}

/** The picture beside a message: that of its guild where the author has one there. */
export function faceOf(
  message: { readonly guild_avatar?: string | undefined; readonly author: Pick<User, "avatar"> },
): string | null {
  return message.guild_avatar ?? message.author.avatar;
}
