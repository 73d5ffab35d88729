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
 * A message out of a frame as this viewer sees it. `held` is the form known so far: it
 * knows which reactions are the viewer's own, which `message.reaction` keeps up to date.
 */
export function personalMessage(
  frame: MessageFrame,
  viewer: Viewer,
  held?: Pick<Message, "reactions">,
): Message {
  return {
    ...frame,
    mentions_me: mentionsViewer(frame.mentions, viewer),
    reactions: frame.reactions.map((reaction) => ({
      ...reaction,
      me: held?.reactions.find((own) => own.key === reaction.key)?.me ??
        reaction.users.includes(viewer.userId),
    })),
  };
}
