import uFuzzy from "@leeoniya/ufuzzy";
import { useMemo, useState } from "preact/hooks";
import { followPath } from "../../../lib/browser/history.ts";
import { channelIcon } from "../../../lib/format/channel_icon.ts";
import { handleOf, nameOf } from "../../../lib/format/names.ts";
import { channelPath, dmPath, guildPath } from "../../../lib/format/paths.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState } from "../../../lib/store/chat.ts";
import { channelUnread } from "../../../lib/store/unread.ts";
import { Icon, type IconName } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

interface Target {
  readonly text: string;
  readonly detail: string;
  readonly icon: IconName;
  readonly path: string;
  readonly unread: boolean;
}

const SHOWN = 12;

function allTargets(state: ChatState): Target[] {
  const channels = state.guilds.value.flatMap((guild) =>
    guild.channels.filter((channel) => channel.kind !== "category").map((channel): Target => ({
      text: channel.name,
      detail: guild.name,
      icon: channelIcon(channel),
      path: channelPath(guild.id, channel),
      unread: channelUnread(state.reads.value, channel).unread > 0,
    }))
  );
  const guilds = state.guilds.value.map((guild): Target => ({
    text: guild.name,
    detail: t("switcher.guild"),
    icon: "people",
    path: guildPath(guild.id),
    unread: false,
  }));
  const dms = state.dms.value.map((dm): Target => ({
    text: nameOf(dm.user),
    detail: handleOf(dm.user.id),
    icon: "person",
    path: dmPath(dm.room_id),
    unread: false,
  }));
  const pages: Target[] = [
    ["settings.profile", "person", "/settings/profile"],
    ["settings.sessions", "device", "/settings/sessions"],
    ["settings.password", "key", "/settings/password"],
    ["settings.appearance", "moon", "/settings/appearance"],
  ].map(([label, icon, path]) => ({
    text: t(label as "settings.profile"),
    detail: t("settings.title"),
    icon: icon as IconName,
    path: path as string,
    unread: false,
  }));
  return [...channels, ...dms, ...guilds, ...pages];
}

/** Ctrl+K: type a few letters of any place and go there. */
export default function Switcher() {
  const state = useChat();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const targets = useMemo(() => allTargets(state), []);
  const found = useMemo(() => {
    if (query.trim() === "") {
      return [...targets].sort((a, b) => Number(b.unread) - Number(a.unread)).slice(0, SHOWN);
    }
    const fuzzy = new uFuzzy({ intraMode: 1 });
    const words = targets.map((target) => `${target.text} ${target.detail}`);
    const [indexes, info, order] = fuzzy.search(words, query, 1);
    const ranked = order && info ? order.map((i) => info.idx[i]) : indexes ?? [];
    return ranked.slice(0, SHOWN).flatMap((i) => i === undefined ? [] : targets[i] ?? []);
  }, [query]);
  const go = (target: Target | undefined) => {
    if (!target) return;
    state.overlay.value = null;
    if (!followPath(state, target.path)) location.assign(target.path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") go(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("switcher.title")} plain>
      <div class="switcher">
        <input
          class="input"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="switcher-list"
          aria-activedescendant={found.length > 0 ? `switch-${at}` : undefined}
          aria-label={t("switcher.title")}
          placeholder={t("switcher.placeholder")}
          value={query}
          autofocus
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul id="switcher-list" role="listbox" aria-label={t("switcher.title")}>
          {found.map((target, i) => (
            <li
              key={target.path + target.icon}
              id={`switch-${i}`}
              role="option"
              aria-selected={i === at ? "true" : "false"}
              class={i === at ? "completion on" : "completion"}
              onPointerMove={() => setAt(i)}
              onClick={() => go(target)}
            >
              <Icon name={target.icon} />
              <span class="strong clip">{target.text}</span>
              {target.unread && <span class="dot call-dot" />}
              <span class="tiny faint clip grow end-text">{target.detail}</span>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="hint switcher-none">{t("switcher.none")}</p>}
      </div>
    </Dialog>
  );
}
