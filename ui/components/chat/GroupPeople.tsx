import { useEffect } from "preact/hooks";
import type { GroupDm } from "../../../core/api/gateway.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { useRoving } from "../../lib/browser/use_roving.ts";
import { foreignServer, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { MembersHead } from "./MembersHead.tsx";
import { Menu, MenuButton } from "./Menu.tsx";

type Person = GroupDm["people"][number];

/** Who is in a conversation of several, who was asked, and what its owner can do about them. */
export default function GroupPeople({ group }: { group: GroupDm }) {
  const state = useChat();
  const list = useRoving<HTMLDivElement>();
  const { people, room_id: roomId } = group;
  const joined = people.filter((person) => person.state !== "invited").length;
  useEffect(() => {
    state.transmit({
      op: "subscribe",
      d: { guild_id: roomId, user_ids: people.map(({ user }) => user.id) },
    });
  }, [roomId, people.length, joined, state.connection.value]);
  return (
    <aside class="members" aria-label={t("nav.members")}>
      <MembersHead title={t("group.title")} count={people.length}>
        <button
          type="button"
          class="icon-button"
          title={t("group.add")}
          aria-label={t("group.add")}
          onClick={() => state.overlay.value = { kind: "addPeople", roomId }}
        >
          <Icon name="plus" />
        </button>
      </MembersHead>
      <div class="side-scroll" ref={list}>
        <ul class="side-list" aria-label={t("group.title")}>
          {people.map((person) => <PersonRow key={person.user.id} group={group} person={person} />)}
        </ul>
      </div>
    </aside>
  );
}

function PersonRow({ group, person: { user, state: stands } }: { group: GroupDm; person: Person }) {
  const state = useChat();
  const name = nameOf(user);
  const isOwner = group.owner === user.id;
  const selfId = state.self.value.user.id;
  const note = stands === "invited"
    ? t("dm.waiting")
    : user.status ?? foreignServer(user.id, state.server.name);
  return (
    <li class="person-row">
      <button
        type="button"
        class={stands === "invited" ? "side-row member away" : "side-row member"}
        data-stop
        onClick={() => state.overlay.value = { kind: "profile", userId: user.id, guildId: null }}
        {...menuHandlers(state, { kind: "person", userId: user.id, name, guildId: null })}
      >
        <Avatar
          id={user.id}
          name={name}
          uri={user.avatar}
          size="m"
          presence={state.presenceOf(user.id)}
        />
        <span class="grow clip">
          <span class="clip block">{name}</span>
          {note && <span class="tiny faint clip block">{note}</span>}
        </span>
        {isOwner && (
          <span class="call-text" title={t("member.owner")}>
            <Icon name="crown" small />
            <span class="sr">{t("member.owner")}</span>
          </span>
        )}
      </button>
      {group.owner === selfId && user.id !== selfId && (
        <OwnerActs roomId={group.room_id} userId={user.id} name={name} stands={stands} />
      )}
    </li>
  );
}

function OwnerActs(props: {
  roomId: string;
  userId: string;
  name: string;
  stands: Person["state"];
}) {
  const state = useChat();
  const { roomId, userId } = props;
  const open = (act: "remove" | "handOver") => () =>
    state.overlay.value = { kind: "groupAct", act, roomId, userId };
  return (
    <Menu label={t("group.options", { name: props.name })} icon="more" small>
      {props.stands === "joined" && (
        <MenuButton icon="crown" onClick={open("handOver")}>{t("group.handOver")}</MenuButton>
      )}
      <MenuButton icon="leave" danger onClick={open("remove")}>
        {t(props.stands === "joined" ? "group.remove" : "group.withdraw")}
      </MenuButton>
    </Menu>
  );
}
