import { ChatPage } from "../../../../../../components/ChatPage.tsx";
import { postMessage, showChat } from "../../../../../../lib/chat_routes.ts";
import type { ChatProps } from "../../../../../../lib/store/chat.ts";
import { define } from "../../../../../../utils.ts";

export const handler = define.handlers<ChatProps>({ GET: showChat, POST: postMessage });

export default define.page<typeof handler>(({ data, state }) => (
  <ChatPage data={data} state={state} />
));
