import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { closeDm } from "../../lib/browser/close_dm.ts";
import { keepName } from "../../lib/browser/keep_name.ts";
import { markChannelsRead, markDmsRead, markGuildRead } from "../../lib/browser/mark_all_read.ts";
import { moveInMenu } from "../../lib/browser/menu_keys.ts";
import { holdPopover } from "../../lib/browser/popovers.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { dmName } from "../../lib/format/dm_name.ts";
import { channelPath, channelSlug, dmPath, guildPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import type { MenuTarget, OpenMenu } from "../../lib/store/menu_target.ts";
import { useChat } from "./chat_context.ts";
import DmMenuItems from "./DmMenuItems.tsx";
import { GuildMenuItems } from "./GuildMenuItems.tsx";
import { LeaveItem } from "./LeaveItem.tsx";
import { MenuButton, MenuLink } from "./Menu.tsx";
import { NotifyItems } from "./NotifyItems.tsx";
import PersonMenuItems from "./PersonMenuItems.tsx";
import { PrivateItems } from "./PrivateItems.tsx";

const MARGIN_PX = 8;

/** What can be done with a guild, category, channel or conversation of the lists, or a person. */
export default function PlaceMenu({ menu }: { menu: OpenMenu }) {
  const state = useChat();
  const list = useRef<HTMLDivElement>(null);
  const close = () => state.placeMenu.value = null;
  const closeBack = () => {
    close();
    menu.from.focus();
  };
  useLayoutEffect(() => {
    const box = list.current;
    if (!box) return;
    box.popover = "manual";
    box.showPopover();
    const put = () => {
      const { offsetWidth: width, offsetHeight: height } = box;
      box.style.left = `${Math.max(MARGIN_PX, Math.min(menu.x, innerWidth - width - MARGIN_PX))}px`;
      box.style.top = `${
        Math.max(MARGIN_PX, Math.min(menu.y, innerHeight - height - MARGIN_PX))
      }px`;
    };
    put();
    // Some items come once the server has answered.
    const grown = new ResizeObserver(put);
    grown.observe(box);
    box.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const release = holdPopover(closeBack);
    return () => {
      grown.disconnect();
      release();
    };
  }, [menu]);
  useEffect(() => {
    const away = (event: Event) => {
      if (!list.current?.contains(event.target as Node)) close();
    };
    addEventListener("pointerdown", away);
    addEventListener("resize", close);
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("resize", close);
    };
  }, []);
  const label = t("place.options", { name: titleOf(state, menu.target) });
  // In a landmark of its own beside the lists, whose arrow keys leave it alone.
  return (
    <nav aria-label={label}>
      <div
        ref={list}
        class="menu-list"
        role="menu"
        aria-label={label}
        onKeyDown={(event) => moveInMenu(event, list.current, close)}
        onClick={() => {
          // What was done may have given the focus to something already, as a mention to the box.
          if (list.current?.contains(document.activeElement)) closeBack();
          else close();
        }}
      >
        {itemsOf(state, menu)}
      </div>
    </nav>
  );
}

function titleOf(state: ChatState, target: MenuTarget): string {
  switch (target.kind) {
    case "home":
      return t("nav.conversations");
    case "guild":
      return target.guild.name;
    case "category":
      return target.category.name;
    case "channel":
      return target.channel.name;
    case "dm":
      return dmName(target.dm, state.self.value.user.id);
    case "person":
      return target.name;
  }
}

function itemsOf(state: ChatState, { target, from }: OpenMenu): ComponentChildren {
  switch (target.kind) {
    case "home":
      return <ReadItem onClick={() => markDmsRead(state)} />;
    case "guild":
      return <GuildItems target={target} />;
    case "category":
      return <CategoryItems target={target} />;
    case "channel":
      return <ChannelItems target={target} />;
    case "dm":
      return <DmItems target={target} />;
    case "person":
      return <PersonMenuItems target={target} from={from} />;
  }
}

function ReadItem({ onClick }: { onClick: () => void }) {
  return <MenuButton icon="check" onClick={onClick}>{t("place.markRead")}</MenuButton>;
}

function CopyItem({ path }: { path: string }) {
  const state = useChat();
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(path, location.href).href);
    showToast(state, t("message.linkCopied"));
  };
  return <MenuButton icon="link" onClick={() => void copy()}>{t("message.copyLink")}</MenuButton>;
}

function InviteItem({ guildId, channelId }: { guildId: string; channelId: string | null }) {
  const state = useChat();
  const open = () => state.overlay.value = { kind: "invite", guildId, channelId };
  return <MenuButton icon="people" onClick={open}>{t("invite.people")}</MenuButton>;
}

type Of<Kind extends MenuTarget["kind"]> = { target: Extract<MenuTarget, { kind: Kind }> };

function GuildItems({ target: { guild } }: Of<"guild">) {
  const state = useChat();
  return (
    <>
      <ReadItem onClick={() => markGuildRead(state, guild)} />
      {can(guild.permissions, "CREATE_INVITE") && (
        <InviteItem
          guildId={guild.id}
          channelId={null}
        />
      )}
      <GuildMenuItems guild={guild} />
    </>
  );
}

function CategoryItems({ target: { guild, category, channels } }: Of<"category">) {
  const state = useChat();
  const closed = state.kept.value.closed.includes(category.id);
  return (
    <>
      <ReadItem onClick={() => markChannelsRead(state, channels)} />
      <MenuButton
        icon={closed ? "down" : "right"}
        onClick={() => keepName(state, "closed", { name: category.id, on: !closed })}
      >
        {closed ? t("place.unfold") : t("place.fold")}
      </MenuButton>
      {can(guild.permissions, "MANAGE_CHANNELS") && (
        <MenuButton
          icon="plus"
          onClick={() =>
            state.overlay.value = {
              kind: "createChannel",
              guildId: guild.id,
              parent: category.id,
            }}
        >
          {t("channel.create")}
        </MenuButton>
      )}
    </>
  );
}

function ChannelItems({ target: { guild, channel } }: Of<"channel">) {
  const state = useChat();
  const slug = encodeURIComponent(channelSlug(channel));
  return (
    <>
      {channel.kind === "text" && <ReadItem onClick={() => markChannelsRead(state, [channel])} />}
      {channel.kind === "text" && (
        <NotifyItems
          place={{ roomId: channel.room_id, channelId: channel.id, guildId: guild.id }}
        />
      )}
      <CopyItem path={channelPath(guild.id, channel)} />
      {can(channel.permissions, "CREATE_INVITE") && !channel.private && (
        <InviteItem guildId={guild.id} channelId={channel.id} />
      )}
      {channel.private && <PrivateItems channel={channel} guildId={guild.id} />}
      {can(channel.permissions, "MANAGE_CHANNELS") && (
        <MenuLink icon="settings" href={`${guildPath(guild.id)}/settings/channels/${slug}`}>
          {t("place.channelSettings")}
        </MenuLink>
      )}
    </>
  );
}

function DmItems({ target: { dm } }: Of<"dm">) {
  const state = useChat();
  return (
    <>
      <ReadItem onClick={() => markDmsRead(state, dm)} />
      {dm.kind === "pair" && (
        <MenuButton
          icon="person"
          onClick={() =>
            state.overlay.value = { kind: "profile", userId: dm.user.id, guildId: null }}
        >
          {t("place.profile")}
        </MenuButton>
      )}
      <CopyItem path={dmPath(dm.room_id)} />
      <DmMenuItems dm={dm} />
      {dm.kind === "group"
        ? (
          <>
            <MenuButton icon="close" onClick={() => void closeDm(state, dm)}>
              {t("dm.close")}
            </MenuButton>
            <LeaveItem dm={dm} />
          </>
        )
        : dm.state !== "invited" && (
          <>
            <MenuButton icon="close" onClick={() => void closeDm(state, dm)}>
              {t("dm.close")}
            </MenuButton>
            <MenuButton icon="leave" onClick={() => state.overlay.value = { kind: "leaveDm", dm }}>
              {t("dm.leave")}
            </MenuButton>
          </>
        )}
    </>
  );
}
