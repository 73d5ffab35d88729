import { useEffect, useState } from "preact/hooks";
import type { Member } from "../../../../core/api/guild.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { isEncrypted, privacyOf } from "../../../lib/browser/privacy.ts";
import { showToast } from "../../../lib/browser/toast.ts";
import { shareHistory } from "../../../lib/e2ee/share_history.ts";
import { memberName } from "../../../lib/format/names.ts";
import { can } from "../../../lib/format/rights.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { peopleOf } from "../../../lib/store/member_groups.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { SpanChoice } from "../encryption/SpanChoice.tsx";
import { PersonFace } from "../PersonFace.tsx";
import { useSubmit } from "./use_submit.ts";

/** As many as one answer of the server has. */
const LISTED = 200;
/** Members of the guild that are offered at a time. */
const OFFERED = 8;

interface People {
  readonly members: readonly Member[];
  readonly total: number;
  readonly next: string | null;
}

const listed = (roomId: string, query: { search?: string; limit: number }): Promise<People> =>
  callApi("listMembers", { params: { guild_id: roomId }, query });

/** Who is in a private channel, who may come in, and who has to go. */
export default function ChannelPeople(
  { overlay }: { overlay: Extract<Overlay, { kind: "channelPeople" }> },
) {
  const state = useChat();
  const { channel, guildId } = overlay;
  const [people, setPeople] = useState<People | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  const read = async () => setPeople(await listed(channel.room_id, { limit: LISTED }));
  useEffect(() => void run(read), []);
  /** What is said next is for whoever is in the channel now. */
  const follow = async () => {
    if (isEncrypted(state, channel.room_id)) await (await privacyOf(state)).sync(channel.room_id);
  };
  const add = (member: Member, days: number) =>
    run(async () => {
      await callApi("inviteUser", {
        body: { room_id: channel.room_id, user_id: member.user.id },
      });
      await follow();
      showToast(state, t("channelPeople.added", { name: memberName(member) }));
      await read();
      if (days === 0) return;
      const place = { roomId: channel.room_id, channelId: channel.id, opener: undefined };
      await shareHistory(state, place, { userIds: [member.user.id], days });
    });
  const remove = (member: Member) =>
    run(async () => {
      const params = { guild_id: channel.room_id, user_id: member.user.id };
      await callApi("kickMember", { params, body: {} });
      await follow();
      showToast(state, t("channelPeople.removed", { name: memberName(member) }));
      await read();
    });
  return (
    <Dialog title={t("channelPeople.of", { name: channel.name })}>
      {channel.encrypted && <p class="muted">{t("channelPeople.encrypted")}</p>}
      {people === undefined
        ? !error && <p class="muted" role="status">{t("loading")}</p>
        : (
          <PeopleList
            members={people.members}
            mayRemove={(member) =>
              can(channel.permissions, "KICK") && member.user.id !== state.self.value.user.id}
            busy={busy}
            onRemove={remove}
          />
        )}
      {people && people.next !== null && (
        <p class="hint">
          {t("channelPeople.more", { n: people.total - peopleOf(people.members).length })}
        </p>
      )}
      {error && <p class="field-error" role="alert">{error}</p>}
      {people && can(channel.permissions, "CREATE_INVITE") && (
        <AddPeople
          guildId={guildId}
          inside={people.members}
          sharing={isEncrypted(state, channel.room_id)}
          busy={busy}
          onAdd={add}
        />
      )}
    </Dialog>
  );
}

function PeopleList(props: {
  members: readonly Member[];
  mayRemove: (member: Member) => boolean;
  busy: boolean;
  onRemove: (member: Member) => void;
}) {
  return (
    <ul class="pick-list" aria-label={t("channelPeople.title")}>
      {props.members.map((member) => (
        <PersonRow key={member.user.id} member={member}>
          {props.mayRemove(member) && (
            <button
              type="button"
              class="button small"
              disabled={props.busy}
              aria-label={t("channelPeople.removeName", { name: memberName(member) })}
              onClick={() => props.onRemove(member)}
            >
              {t("channelPeople.remove")}
            </button>
          )}
        </PersonRow>
      ))}
    </ul>
  );
}

function AddPeople(props: {
  guildId: string;
  inside: readonly Member[];
  /** Who is added can be given what was said before. */
  sharing: boolean;
  busy: boolean;
  /** `days` of the past are shared; 0: nothing. */
  onAdd: (member: Member, days: number) => void;
}) {
  const { guildId, inside } = props;
  const [days, setDays] = useState(0);
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<readonly Member[] | undefined>(undefined);
  const search = typed.trim();
  useEffect(() => {
    let late = false;
    // Those who are in already are left out here, so that more are asked for.
    const limit = Math.min(LISTED, OFFERED + inside.length);
    const query = search === "" ? { limit } : { search, limit };
    void listed(guildId, query).then(
      ({ members }) => late || setFound(members),
      () => late || setFound([]),
    );
    return () => void (late = true);
  }, [search, guildId]);
  const offered = found?.filter(({ user }) => !inside.some((each) => each.user.id === user.id))
    .slice(0, OFFERED);
  return (
    <section class="stack-tight" aria-label={t("channelPeople.add")}>
      {props.sharing && <SpanChoice days={days} onDays={setDays} nothing />}
      <div class="field">
        <label for="channel-add">{t("channelPeople.add")}</label>
        <input
          id="channel-add"
          class="input"
          type="search"
          value={typed}
          placeholder={t("channelPeople.search")}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {offered?.length === 0 && (
        <p class="muted" role="status">
          {t(search === "" ? "channelPeople.all" : "channelPeople.none")}
        </p>
      )}
      {offered && offered.length > 0 && (
        <ul class="pick-list">
          {offered.map((member) => (
            <PersonRow key={member.user.id} member={member}>
              <button
                type="button"
                class="button small"
                disabled={props.busy}
                aria-label={t("channelPeople.addName", { name: memberName(member) })}
                onClick={() => props.onAdd(member, days)}
              >
                {t("channelPeople.addAct")}
              </button>
            </PersonRow>
          ))}
        </ul>
      )}
    </section>
  );
}

function PersonRow(
  { member, children }: { member: Member; children: preact.ComponentChildren },
) {
  return (
    <li class="person-row">
      <PersonFace user={member.user} name={memberName(member)} />
      {children}
    </li>
  );
}
