import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Guild, Member } from "../../../core/api/guild.ts";
import { loadMembers, loadMoreMembers } from "../../lib/browser/guilds.ts";
import { useRoving } from "../../lib/browser/use_roving.ts";
import { foreignServer, memberName } from "../../lib/format/names.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { t } from "../../lib/i18n/t.ts";
import { groupMembers, memberColor } from "../../lib/store/member_groups.ts";
import { guildOf } from "../../lib/store/place.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** Most presences one subscription asks for. */
const WATCHED = 200;

/** Who belongs to the guild, under their hoisted roles. */
export function Members() {
  const state = useChat();
  const guild = guildOf(state.known, state.place.value);
  const list = guild ? state.members.value.get(guild.id) : undefined;
  useEffect(() => {
    if (guild) void loadMembers(state, guild.id);
  }, [guild?.id]);
  useEffect(() => {
    if (!guild || !list) return;
    state.transmit({
      op: "subscribe",
      d: {
        guild_id: guild.id,
        user_ids: list.members.slice(0, WATCHED).map((member) => member.user.id),
      },
    });
  }, [guild?.id, list?.members.length, state.connection.value]);
  if (!guild || state.place.value.kind !== "channel") return null;
  const groups = groupMembers(guild, list?.members ?? [], (id) => state.presenceOf(id), {
    online: t("presence.online"),
    offline: t("presence.offline"),
  });
  return (
    <aside class="members" aria-label={t("nav.members")}>
      <header class="side-head">
        <h2 class="grow">{t("nav.members")}</h2>
        <span class="tiny faint">{list?.total ?? guild.member_count}</span>
        <button
          type="button"
          class="icon-button only-narrow"
          aria-label={t("close")}
          onClick={() => state.panel.value = "main"}
        >
          <Icon name="close" />
        </button>
      </header>
      <RovingScroll>
        {!list && <MemberSkeletons />}
        {groups.map((group) => (
          <section key={group.id}>
            <h3 class="group-name">
              {group.name} <span class="faint">{group.members.length}</span>
            </h3>
            <ul class="side-list">
              {group.members.map((member) => (
                <MemberRow key={member.user.id} member={member} guild={guild} />
              ))}
            </ul>
          </section>
        ))}
        {list?.next && (
          <button
            type="button"
            class="button small quiet wide"
            onClick={() => loadMoreMembers(state, guild.id)}
          >
            {t("members.more")}
          </button>
        )}
      </RovingScroll>
    </aside>
  );
}

function RovingScroll({ children }: { children: ComponentChildren }) {
  const ref = useRoving<HTMLDivElement>();
  return <div ref={ref} class="side-scroll">{children}</div>;
}

function MemberRow({ member, guild }: { member: Member; guild: Guild }) {
  const state = useChat();
  const { user } = member;
  const presence = state.presenceOf(user.id);
  const name = memberName(member);
  const home = foreignServer(user.id, state.server.name);
  const timedOut = (member.timeout_until ?? 0) > state.now.value;
  return (
    <li>
      <button
        type="button"
        class={presence === "offline" ? "side-row member away" : "side-row member"}
        data-stop
        onClick={() =>
          state.overlay.value = { kind: "profile", userId: user.id, guildId: guild.id }}
      >
        <Avatar
          id={user.id}
          name={name}
          uri={member.guild_avatar ?? user.avatar}
          size="m"
          presence={presence}
        />
        <span class="grow clip">
          <span class={`clip block ${colorClass(memberColor(guild, member))}`}>{name}</span>
          {(user.status ?? home) && <span class="tiny faint clip block">{user.status ?? home}
          </span>}
        </span>
        {guild.owner === user.id && (
          <span class="call-text" title={t("member.owner")}>
            <Icon name="crown" small />
            <span class="sr">{t("member.owner")}</span>
          </span>
        )}
        {timedOut && (
          <span class="faint" title={t("member.timedOut")}>
            <Icon name="clock" small />
            <span class="sr">{t("member.timedOut")}</span>
          </span>
        )}
        {user.bot && <span class="tag accent">{t("user.bot")}</span>}
      </button>
    </li>
  );
}

function MemberSkeletons() {
  return (
    <div class="skeletons" aria-hidden="true">
      {Array.from({ length: 6 }, (_, i) => (
        <div class={`skeleton-row w${i % 4}`} key={i}>
          <span class="skeleton skeleton-avatar" />
          <span class="skeleton skeleton-name" />
        </div>
      ))}
    </div>
  );
}
