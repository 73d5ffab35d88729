import { useEffect, useState } from "preact/hooks";
import type { Guild, Member } from "../../../../core/api/guild.ts";
import type { User } from "../../../../core/api/user.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { useLazy } from "../../../lib/browser/use_lazy.ts";
import { openDm } from "../../../lib/browser/guilds.ts";
import { type ModerationAct, moderationOf } from "../../../lib/format/moderation.ts";
import { handleOf, memberName, nameOf } from "../../../lib/format/names.ts";
import { guildPath } from "../../../lib/format/paths.ts";
import { can } from "../../../lib/format/rights.ts";
import { colorClass } from "../../../lib/format/role_color.ts";
import { formatDate, formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Avatar } from "../../Avatar.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { FriendActs } from "../FriendActs.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import { useSubmit } from "./use_submit.ts";

/** Who somebody is, here and in this guild, and what can be done about it. */
export default function ProfileCard(
  { overlay }: { overlay: Extract<Overlay, { kind: "profile" }> },
) {
  const state = useChat();
  const guild = state.guilds.value.find((entry) => entry.id === overlay.guildId);
  const [member, setMember] = useState<Member | undefined>(
    state.memberOf(overlay.guildId, overlay.userId),
  );
  const [user, setUser] = useState<User>(member?.user ?? state.userOf(overlay.userId));
  const { busy, error, run } = useSubmit();
  const blocked = state.isBlocked(overlay.userId);
  useEffect(() => {
    void callApi("getUser", { params: { user_id: overlay.userId } }).then(setUser, () => undefined);
    if (!guild) return;
    void callApi("getMember", { params: { guild_id: guild.id, user_id: overlay.userId } })
      .then(setMember, () => undefined);
  }, [overlay.userId]);
  const name = member ? memberName(member) : nameOf(user);
  const self = user.id === state.self.value.user.id;
  const Trust = useLazy(
    state.privacyOpen.value && !self,
    () => import("../encryption/ProfileTrust.tsx"),
  );
  return (
    <Dialog title={name} plain>
      <CardTop />
      <div class="profile">
        <Avatar
          id={user.id}
          name={name}
          uri={member?.guild_avatar ?? user.avatar}
          size="xl"
          presence={state.presenceOf(user.id)}
        />
        <h2 class="break">{name}</h2>
        <p class="small muted break">{handleOf(user.id)}</p>
        {user.status && <p class="profile-status">{user.status}</p>}
        {user.bio && (
          <section class="profile-part">
            <h3 class="label">{t("profile.about")}</h3>
            <Markdown source={user.bio} mention={(token) => drawMention(state, token)} />
          </section>
        )}
        {guild && member && <MemberPart guild={guild} member={member} />}
        {!self && <MutualGuilds userId={overlay.userId} here={overlay.guildId} />}
        {Trust && !self && <Trust userId={user.id} name={name} />}
        {blocked && <p class="small muted">{t("friend.blockedText")}</p>}
        {error && <p class="field-error" role="alert">{error}</p>}
        <div class="row wrap profile-acts">
          {self && <a class="button wide" href="/settings/profile">{t("profile.edit")}</a>}
          {!self && !blocked && (
            <button
              type="button"
              class="button primary"
              onClick={() => run(() => openDm(state, user.id))}
            >
              <Icon name="chat" /> {t("profile.message")}
            </button>
          )}
          {!self && <FriendActs userId={overlay.userId} busy={busy} run={run} />}
          {guild && member && !self && <Moderation guild={guild} member={member} />}
        </div>
      </div>
    </Dialog>
  );
}

/** The colored strip, with what closes the card: a phone has no Escape. */
function CardTop() {
  const state = useChat();
  return (
    <div class="profile-top hue-banner">
      <button
        type="button"
        class="icon-button"
        title={t("close")}
        aria-label={t("close")}
        onClick={() => state.overlay.value = null}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function MemberPart({ guild, member }: { guild: Guild; member: Member }) {
  const state = useChat();
  const roles = guild.roles.filter((role) => member.roles.includes(role.id));
  const sees = can(guild.permissions, "KICK") || member.user.id === state.self.value.user.id;
  return (
    <section class="profile-part">
      <h3 class="label">{t("profile.inGuild", { name: guild.name })}</h3>
      <p class="small muted">
        {t("profile.since", { date: formatDate(member.joined_ts, state.timeZone.value) })}
      </p>
      {member.stay_until !== null && sees && (
        <p class="small">
          {t("stay.until", { when: formatFull(member.stay_until, state.timeZone.value) })}
        </p>
      )}
      {roles.length > 0 && (
        <ul class="role-tags">
          {roles.map((role) => (
            <li key={role.id} class={`tag ${colorClass(role.color)}`}>
              <span class="role-dot" /> {role.name}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The other guilds one could meet this person in; nothing where there is none. */
function MutualGuilds({ userId, here }: { userId: string; here: string | null }) {
  const state = useChat();
  const [shared, setShared] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    void callApi("listMutualGuilds", { params: { user_id: userId } })
      .then(({ guild_ids }) => setShared(new Set(guild_ids)), () => undefined);
  }, [userId]);
  const guilds = state.guilds.value.filter(({ id }) => id !== here && shared.has(id));
  if (guilds.length === 0) return null;
  return (
    <section class="profile-part">
      <h3 class="label">{t("profile.mutual", { count: guilds.length })}</h3>
      <ul class="role-tags">
        {guilds.map(({ id, name }) => (
          <li key={id}>
            <a class="tag" href={guildPath(id)}>{name}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Buttons for those who may use them on members below their own rank. */
function Moderation({ guild, member }: { guild: Guild; member: Member }) {
  const state = useChat();
  const { roles, acts } = moderationOf(guild, member);
  const rests = (member.timeout_until ?? 0) > state.now.value;
  const open = (act: ModerationAct) => () =>
    state.overlay.value = { kind: "moderate", act, userId: member.user.id, guildId: guild.id };
  return (
    <>
      {roles && (
        <a
          class="button"
          href={`${guildPath(guild.id)}/settings/members/${encodeURIComponent(member.user.id)}`}
        >
          {t("member.manage")}
        </a>
      )}
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          class={act === "timeout" ? "button" : "button danger"}
          onClick={open(act)}
        >
          {t(act === "timeout" && rests ? "moderate.lift" : `member.${act}`)}
        </button>
      ))}
    </>
  );
}
