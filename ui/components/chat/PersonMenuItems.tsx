import { useEffect, useState } from "preact/hooks";
import type { Guild, Member } from "../../../core/api/guild.ts";
import { callApi, reasonOf } from "../../lib/browser/browser_api.ts";
import { actOnFriend, askFriend, type FriendAct } from "../../lib/browser/friends.ts";
import { openDm } from "../../lib/browser/guilds.ts";
import { mayMention, mentionPerson } from "../../lib/browser/mention_person.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { type ModerationAct, moderationOf } from "../../lib/format/moderation.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { t } from "../../lib/i18n/t.ts";
import type { MenuTarget } from "../../lib/store/menu_target.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton, MenuLink } from "./Menu.tsx";

const ICONS = { timeout: "clock", kick: "leave", ban: "ban" } as const;

/** What can be done with somebody of a list, or whose name stands in the timeline. */
export default function PersonMenuItems(
  { target: { userId, guildId, voice }, from }: {
    target: Extract<MenuTarget, { kind: "person" }>;
    /** Where the menu was asked for. */
    from: HTMLElement;
  },
) {
  const state = useChat();
  const self = userId === state.self.value.user.id;
  const guild = state.guilds.value.find(({ id }) => id === guildId);
  const blocked = state.isBlocked(userId);
  const run = (act: () => Promise<unknown>) => () =>
    void act().catch((error) => showToast(state, reasonOf(error), true));
  const copy = async () => {
    await navigator.clipboard.writeText(handleOf(userId));
    showToast(state, t("copied"));
  };
  return (
    <>
      <MenuButton
        icon="person"
        onClick={() => state.overlay.value = { kind: "profile", userId, guildId }}
      >
        {t("place.profile")}
      </MenuButton>
      {guildId !== null && voice && (
        <MenuButton
          icon="voice"
          onClick={() => state.overlay.value = { kind: "callPerson", guildId, ...voice, userId }}
        >
          {t("person.inCall")}
        </MenuButton>
      )}
      {mayMention(from) && (
        <MenuButton icon="at" onClick={() => mentionPerson(state, userId, from)}>
          {t("person.mention")}
        </MenuButton>
      )}
      {!self && !blocked && (
        <MenuButton icon="chat" onClick={run(() => openDm(state, userId))}>
          {t("profile.message")}
        </MenuButton>
      )}
      <MenuButton icon="copy" onClick={run(copy)}>{t("person.copyName")}</MenuButton>
      {!self && <FriendItems userId={userId} run={run} />}
      {guild && !self && <ModerationItems guild={guild} userId={userId} />}
    </>
  );
}

function FriendItems({ userId, run }: {
  userId: string;
  run: (act: () => Promise<unknown>) => () => void;
}) {
  const state = useChat();
  const held = state.relationships.value.get(userId);
  const name = nameOf(state.userOf(userId));
  // The menu is gone by then, and nothing else of the page shows it.
  const act = (act: FriendAct) =>
    run(async () => {
      await actOnFriend(state, userId, act);
      showToast(state, t(`friend.done.${act}`, { name }));
    });
  const ask = async () => {
    await askFriend(state, userId);
    showToast(state, t("friend.sent", { name }));
  };
  if (held?.blocked) {
    return <MenuButton icon="ban" onClick={act("unblock")}>{t("friend.unblock")}</MenuButton>;
  }
  return (
    <>
      {!held?.bond && (
        <MenuButton icon="plus" onClick={run(ask)}>
          {t("friend.add")}
        </MenuButton>
      )}
      {held?.bond === "asks" && (
        <MenuButton icon="check" onClick={act("accept")}>{t("friend.accept")}</MenuButton>
      )}
      {held?.bond && (
        <MenuButton icon="close" onClick={act("remove")}>
          {t(`friend.stop.${held.bond}`)}
        </MenuButton>
      )}
      <MenuButton icon="ban" danger onClick={act("block")}>{t("friend.block")}</MenuButton>
    </>
  );
}

/** By rank: of somebody whom the list does not hold the server knows it. */
function ModerationItems({ guild, userId }: { guild: Guild; userId: string }) {
  const state = useChat();
  const [member, setMember] = useState<Member | undefined>(state.memberOf(guild.id, userId));
  useEffect(() => {
    if (member) return;
    void callApi("getMember", { params: { guild_id: guild.id, user_id: userId } })
      .then(setMember, () => undefined);
  }, []);
  if (!member) return null;
  const { roles, acts } = moderationOf(guild, member);
  const rests = (member.timeout_until ?? 0) > state.now.value;
  if (!roles && acts.length === 0) return null;
  const open = (act: ModerationAct) => () =>
    state.overlay.value = { kind: "moderate", act, userId, guildId: guild.id };
  return (
    <>
      <hr />
      {roles && (
        <MenuLink
          icon="shield"
          href={`${guildPath(guild.id)}/settings/members/${encodeURIComponent(userId)}`}
        >
          {t("member.manage")}
        </MenuLink>
      )}
      {acts.map((act) => (
        <MenuButton key={act} icon={ICONS[act]} danger={act !== "timeout"} onClick={open(act)}>
          {t(act === "timeout" && rests ? "moderate.lift" : `member.${act}`)}
        </MenuButton>
      ))}
    </>
  );
}
