import { useEffect, useMemo } from "preact/hooks";
import type { Guild, Member } from "../../../core/api/guild.ts";
import { loadMembers, loadMoreMembers } from "../../lib/browser/guilds.ts";
import { Later } from "../../lib/browser/hydrate_later.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { useFollowed } from "../../lib/browser/use_followed.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { useRoving } from "../../lib/browser/use_roving.ts";
import { isGroup } from "../../lib/format/dm_name.ts";
import { foreignServer, memberName } from "../../lib/format/names.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { t } from "../../lib/i18n/t.ts";
import { useRowWindow } from "../../lib/browser/use_row_window.ts";
import type { MemberList as LoadedMembers } from "../../lib/store/chat.ts";
import {
  groupMembers,
  memberColor,
  type MemberGroup,
  peopleOf,
  sortMembers,
} from "../../lib/store/member_groups.ts";
import { dmOf, guildOf } from "../../lib/store/place.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { MembersHead } from "./MembersHead.tsx";

/** Most presences one subscription asks for. */
const WATCHED = 200;

/** Who belongs to the guild, or is in the conversation of several. */
export function Members() {
  const state = useChat();
  const { group } = useFollowed(() => {
    const dm = dmOf(state.known, state.place.value);
    return { group: isGroup(dm) ? dm : undefined };
  });
  const People = useLazy(group !== undefined, () => import("./GroupPeople.tsx"));
  if (!group) return <GuildMembers />;
  return People
    ? <People key={group.room_id} group={group} />
    : (
      <aside class="members" aria-label={t("nav.members")}>
        <MemberSkeletons />
      </aside>
    );
}

/** Under their hoisted roles. */
function GuildMembers() {
  const state = useChat();
  const { guild, inChannel } = useFollowed(() => {
    const place = state.place.value;
    return { guild: guildOf(state.known, place), inChannel: place.kind === "channel" };
  });
  const list = guild ? state.members.value.get(guild.id) : undefined;
  const online = state.connection.value === "online";
  // Again when the server is back: without it there was nothing to load.
  useEffect(() => {
    if (guild) void loadMembers(state, guild.id);
  }, [guild?.id, online]);
  useEffect(() => {
    if (!guild || !list) return;
    state.transmit({
      op: "subscribe",
      d: {
        guild_id: guild.id,
        user_ids: peopleOf(list.members).slice(0, WATCHED).map((member) => member.user.id),
      },
    });
  }, [guild?.id, list?.members.length, state.connection.value]);
  if (!guild || !inChannel) return null;
  return (
    <aside class="members" aria-label={t("nav.members")}>
      <MembersHead
        title={t("nav.members")}
        count={list?.total ?? guild.member_count}
      />
      {list
        ? (
          <Later key={guild.id}>
            <MemberList guild={guild} list={list} />
          </Later>
        )
        : <MemberSkeletons />}
    </aside>
  );
}

/** One line of the list: a heading, or a member with the place in the group. */
interface Line {
  readonly group: MemberGroup;
  /** -1: the heading. */
  readonly at: number;
}

/** However many they are, only those near the seen ones are drawn; the end brings more. */
function MemberList({ guild, list }: { guild: Guild; list: LoadedMembers }) {
  const state = useChat();
  const presences = state.presences.value;
  const own = state.self.value.presence;
  const sorted = useMemo(() => sortMembers(peopleOf(list.members)), [list.members]);
  const lines = useMemo(
    () =>
      groupMembers(guild, sorted, (id) => state.presenceOf(id), {
        online: t("presence.online"),
        offline: t("presence.offline"),
      }).flatMap((group): Line[] => [-1, ...group.members.keys()].map((at) => ({ group, at }))),
    [guild.roles, sorted, presences, own],
  );
  const heads = useMemo(() => lines.map((line) => line.at < 0), [lines]);
  const box = useRoving<HTMLDivElement>();
  const { above, below, span, onScroll } = useRowWindow(
    box,
    heads,
    () => void loadMoreMembers(state, guild.id),
  );
  const shown = lines.slice(span.from, span.to);
  const groups = [...new Set(shown.map((line) => line.group))];
  return (
    <div class="side-scroll" ref={box} onScroll={onScroll}>
      <div class="spacer" {...above} />
      {groups.map((group) => (
        <section key={group.id}>
          {shown.some((line) => line.group === group && line.at < 0) && (
            <h3 class="group-name" data-head>
              {group.name} <span class="faint">{group.members.length}</span>
            </h3>
          )}
          <ul class="side-list" aria-label={group.name}>
            {shown.map((line) => {
              const member = line.group === group ? group.members[line.at] : undefined;
              return member && (
                <MemberRow
                  key={member.user.id}
                  member={member}
                  guild={guild}
                  place={[line.at + 1, group.members.length]}
                />
              );
            })}
          </ul>
        </section>
      ))}
      <div class="spacer" {...below} />
    </div>
  );
}

function MemberRow(
  { member, guild, place: [at, of] }: {
    member: Member;
    guild: Guild;
    /** Which of how many: most of them are not in the page. */
    place: readonly [number, number];
  },
) {
  const state = useChat();
  const { user } = member;
  const presence = state.presenceOf(user.id);
  const name = memberName(member);
  const home = foreignServer(user.id, state.server.name);
  const timedOut = (member.timeout_until ?? 0) > state.now.value;
  return (
    <li aria-posinset={at} aria-setsize={of}>
      <button
        type="button"
        class={presence === "offline" ? "side-row member away" : "side-row member"}
        data-stop
        onClick={() =>
          state.overlay.value = { kind: "profile", userId: user.id, guildId: guild.id }}
        {...menuHandlers(state, { kind: "person", userId: user.id, name, guildId: guild.id })}
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
