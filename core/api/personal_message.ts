import type { Mentions, Message, MessageFrame } from "./message.ts";

/** Whoever looks at a message. */
export interface Viewer {
  readonly userId: string;
  /** Ids of the viewer's roles in the message's guild; empty in DMs. */
  readonly roles: readonly string[];
}

export function mentionsViewer(mentions: Mentions, viewer: Viewer): boolean {
  return mentions.everyone || mentions.users.includes(viewer.userId) ||
    mentions.roles.some((role) => viewer.roles.includes(role));
}

/**
 * A message out of a frame as this viewer sees it. `held` is the form known so far: where a
 * reaction has more people than are named, it knows whether the viewer is one of them, and of a poll
 * what the viewer chose: `message.reaction` and `message.poll` keep that up to date.
 */
export function personalMessage(
  frame: MessageFrame,
  viewer: Viewer,
  held?: Pick<Message, "reactions" | "poll">,
): Message {
  const { own_reactions: own, poll, ...rest } = frame;
  return {
    ...rest,
    ...(poll === undefined ? {} : { poll: { ...poll, chosen: held?.poll?.chosen ?? [] } }),
    mentions_me: frame.author.id !== viewer.userId && mentionsViewer(frame.mentions, viewer),
    reactions: frame.reactions.map((reaction) => ({
      ...reaction,
      me: own?.includes(reaction.key) ?? isOwn(reaction, viewer.userId, held),
    })),
  };
}

function isOwn(
  reaction: MessageFrame["reactions"][number],
  userId: string,
  held: Pick<Message, "reactions"> | undefined,
): boolean {
  if (reaction.users.includes(userId)) return true;
  if (reaction.count <= reaction.users.length) return false;
  return held?.reactions.find((known) => known.key === reaction.key)?.me ?? false;
}
