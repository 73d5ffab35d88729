import type { Channel } from "../../../core/api/channel.ts";
import { t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton } from "./Menu.tsx";

/** What the menus of a private channel have beyond others: its people and its encryption. */
export function PrivateItems({ channel, guildId }: { channel: Channel; guildId: string }) {
  const state = useChat();
  const people = () => state.overlay.value = { kind: "channelPeople", guildId, channel };
  const encrypt = () =>
    state.overlay.value = { kind: "encrypt", target: { kind: "channel", channel } };
  return (
    <>
      <MenuButton icon="people" onClick={people}>{t("channelPeople.title")}</MenuButton>
      {channel.may_encrypt && !channel.encrypted && (
        <MenuButton icon="lock" onClick={encrypt}>{t("sealed.beginChannel")}</MenuButton>
      )}
    </>
  );
}
