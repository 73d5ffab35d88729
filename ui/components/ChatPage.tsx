import ChatApp from "../islands/ChatApp.tsx";
import { colorRule } from "../lib/format/role_color.ts";
import type { ChatProps } from "../lib/store/chat.ts";
import type { State } from "../utils.ts";
import { ServerBanners } from "./ServerBanners.tsx";

/** The app between banner and footer, with the rules for the colors of roles. */
export function ChatPage({ data, state }: { data: ChatProps; state: State }) {
  const colors = new Set([
    ...data.snapshot.guilds.flatMap((guild) => guild.roles.map((role) => role.color)),
    ...(data.page?.messages.map((message) => message.color) ?? []),
  ]);
  const rules = [...colors].map((color) => color === null ? "" : colorRule(color)).join("");
  return (
    <div class="chat-page">
      {rules !== "" && <style nonce={state.nonce}>{rules}</style>}
      <ServerBanners server={state.server} waiting={state.waiting} />
      <ChatApp {...data} />
    </div>
  );
}
