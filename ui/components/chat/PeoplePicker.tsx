import { useEffect, useMemo, useState } from "preact/hooks";
import type { User } from "../../../core/api/user.ts";
import { parseTypedUserId } from "../../../core/ids/user_id.ts";
import { loadMembers } from "../../lib/browser/guilds.ts";
import { useFoundPeople } from "../../lib/browser/use_found_people.ts";
import { othersIn } from "../../lib/format/dm_name.ts";
import { handleOf, nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { PersonFace } from "./PersonFace.tsx";

const SHOWN = 8;
/** Guilds whose first members are fetched to choose from. */
const GUILDS_ASKED = 10;

export interface Picked {
  readonly chosen: readonly string[];
  /** What stands in the field and is not chosen yet. */
  readonly query: string;
}

/** Everybody who is chosen, and who was typed and not taken over yet. */
export function pickedIds(state: ChatState, { chosen, query }: Picked): string[] {
  const typed = query.trim().toLowerCase();
  if (typed === "") return [...chosen];
  const found = fitting(state, knownPeople(state), { query, barred: chosen });
  return [...new Set([...chosen, named(state, found, query)])];
}

/** Friends and people one talks with first, then those of guilds. */
function knownPeople(state: ChatState): User[] {
  const near = [
    ...state.dms.value.flatMap((dm) => othersIn(dm, state.self.value.user.id)),
    ...[...state.relationships.value.values()].filter(({ bond }) => bond === "friend")
      .map(({ user }) => user),
  ];
  const known = new Map(near.map((user) => [user.id, user]));
  for (const [id, user] of state.users) if (!known.has(id)) known.set(id, user);
  return [...known.values()];
}

function typedId(state: ChatState, typed: string): string {
  return parseTypedUserId(typed) ?? `@${typed.replace(/^@/, "")}:${state.server.name}`;
}

/** Who is meant by what was typed: a full name its bearer, a part of one the first who fits. */
function named(state: ChatState, found: readonly User[], query: string): string {
  const typed = query.trim().toLowerCase();
  const whole = typedId(state, typed);
  const meant = found.find(({ id }) => id === whole) ?? found[0];
  return parseTypedUserId(typed) ?? meant?.id ?? whole;
}

/** Those whom what was typed may mean. */
function fitting(
  state: ChatState,
  people: readonly User[],
  { query, barred }: { readonly query: string; readonly barred: readonly string[] },
): User[] {
  const typed = query.trim().toLowerCase().replace(/^@/, "");
  const without = new Set([state.self.value.user.id, ...barred]);
  return people
    .filter((user) =>
      !without.has(user.id) && !state.isBlocked(user.id) &&
      (nameOf(user).toLowerCase().includes(typed) || user.id.slice(1).startsWith(typed) ||
        handleOf(user.id).slice(1).startsWith(typed))
    )
    .slice(0, SHOWN);
}

/** A field to look for people, those who fit, and those who are chosen. */
export function PeoplePicker(props: {
  id: string;
  label: string;
  picked: Picked;
  /** Who cannot be chosen: they are in it already. */
  without?: readonly string[];
  onPick: (picked: Picked) => void;
}) {
  const state = useChat();
  const { picked, picked: { chosen, query }, onPick } = props;
  const [said, setSaid] = useState("");
  const members = state.members.value;
  // Whose guilds were not looked at yet are known of by them.
  useEffect(() => {
    for (const { id } of state.guilds.value.slice(0, GUILDS_ASKED)) void loadMembers(state, id);
  }, []);
  const further = useFoundPeople(state, query);
  const found = useMemo((): User[] => {
    const known = new Map(knownPeople(state).map((user) => [user.id, user]));
    for (const user of further) known.set(user.id, user);
    return fitting(state, [...known.values()], {
      query,
      barred: [...chosen, ...props.without ?? []],
    });
  }, [query, chosen, props.without, members, further]);
  const add = (userId: string) => {
    onPick({ chosen: [...new Set([...chosen, userId])], query: "" });
    setSaid(`${t("group.chosen")}: ${nameOf(state.userOf(userId))}`);
    document.getElementById(props.id)?.focus();
  };
  const drop = (userId: string) =>
    onPick({ ...picked, chosen: chosen.filter((each) => each !== userId) });
  const onKeyDown = (event: KeyboardEvent) => {
    const last = chosen.at(-1);
    if (last === undefined || event.isComposing) return;
    const adds = event.key === "Enter" && query.trim() !== "";
    if (!adds && (event.key !== "Backspace" || query !== "")) return;
    event.preventDefault();
    // With somebody chosen, who is typed joins them; Enter in the empty field sends.
    if (adds) add(named(state, found, query));
    else drop(last);
  };
  return (
    <>
      <div class="field">
        <label for={props.id}>{props.label}</label>
        {chosen.length > 0 && <Chips chosen={chosen} onDrop={drop} />}
        <input
          id={props.id}
          class="input"
          value={query}
          placeholder={t("dm.whomPlaceholder", { server: state.server.name })}
          autocapitalize="none"
          spellcheck={false}
          autofocus
          onInput={(event) => onPick({ chosen, query: event.currentTarget.value })}
          onKeyDown={onKeyDown}
        />
      </div>
      <span class="sr" role="status">{said}</span>
      {found.length > 0 && <People users={found} onPick={add} />}
    </>
  );
}

function Chips(
  { chosen, onDrop }: { chosen: readonly string[]; onDrop: (userId: string) => void },
) {
  const state = useChat();
  return (
    <ul class="chips" aria-label={t("group.chosen")}>
      {chosen.map((userId) => {
        const user = state.userOf(userId);
        const name = nameOf(user);
        return (
          <li key={userId}>
            <button
              type="button"
              class="chip"
              title={handleOf(userId)}
              aria-label={t("group.drop", { name })}
              onClick={() => onDrop(userId)}
            >
              <Avatar id={userId} name={name} uri={user.avatar} size="xs" />
              <span class="clip">{name}</span>
              <Icon name="close" small />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function People({ users, onPick }: { users: readonly User[]; onPick: (userId: string) => void }) {
  return (
    <ul class="pick-list">
      {users.map((user) => (
        <li key={user.id}>
          <button type="button" class="side-row" onClick={() => onPick(user.id)}>
            <PersonFace user={user} name={nameOf(user)} />
            <Icon name="plus" small />
          </button>
        </li>
      ))}
    </ul>
  );
}
