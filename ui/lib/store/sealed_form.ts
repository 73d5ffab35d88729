import type { Message } from "../../../core/api/message.ts";

/** A message as the server knows it: nothing of what was opened is in it. */
export function sealedForm(message: Message): Message {
  const reactions = message.sealed_reactions === undefined ? message.reactions : [];
  const reply_to = message.reply_to?.excerpt
    ? { ...message.reply_to, excerpt: "" }
    : message.reply_to;
  return message.sealed
    ? { ...message, body: "", media: [], previews: undefined, reactions, reply_to }
    : { ...message, reactions };
}
