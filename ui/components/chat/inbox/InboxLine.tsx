import type { Guild } from "../../../../core/api/guild.ts";
import type { Message } from "../../../../core/api/message.ts";
import { authorOf } from "../../../lib/format/author.ts";
import { t } from "../../../lib/i18n/t.ts";
import { plainText } from "../../../lib/store/links.ts";
import type { ChatState } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";

const SHOWN_CHARS = 280;

/** What a message says, on one line; what it is where it says nothing that can be read here. */
export function textOf(state: ChatState, message: Message, guild: Guild | undefined): string {
  if (message.body !== "") return plainText(state, message.body.slice(0, SHOWN_CHARS), guild);
  return t(message.sealed && message.media.length === 0 ? "sealed.new" : "log.file");
}

/** A message in a few words. */
export function InboxLine({ message, guild, strong }: {
  message: Message;
  guild: Guild | undefined;
  strong?: boolean;
}) {
  const state = useChat();
  return (
    <span class={strong ? "inbox-line here" : "inbox-line"}>
      <span class="strong clip">{authorOf(message)}</span>{" "}
      <span class="clip">{textOf(state, message, guild)}</span>
    </span>
  );
}

/** Where lines are being fetched. */
export function InboxWait({ lines }: { lines: number }) {
  return (
    <span class="inbox-wait">
      <span class="sr">{t("loading")}</span>
      {Array.from(
        { length: lines },
        (_, at) => <span key={at} class="skeleton skeleton-line block" aria-hidden="true" />,
      )}
    </span>
  );
}
