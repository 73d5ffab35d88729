import { type Filter, FILTERS, HAS, searchTerms } from "../../../core/search/query.ts";
import { callApi } from "../browser/browser_api.ts";
import { othersIn } from "../format/dm_name.ts";
import { foreignServer, handleOf, localPart, memberName, nameOf } from "../format/names.ts";
import { dayKey } from "../format/time.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { plainText } from "../store/links.ts";
import { dmOf } from "../store/place.ts";
import { readSearches } from "./recent.ts";
import type { Subject } from "./subject.ts";

/** One line of the list under the box. */
export interface SearchSuggestion {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  /** What stands in the box afterwards, in place of what is being typed. */
  readonly insert: string;
  readonly user?: { readonly id: string; readonly avatar: string | null };
}

/** What is being typed before the caret. */
export interface TypedPart {
  readonly start: number;
  readonly end: number;
  readonly filter: Filter | undefined;
  readonly value: string;
}

const SHOWN = 7;
const RECENT_SHOWN = 3;
const DAY_MS = 86_400_000;

/** The word or filter in which the caret stands; its value is what was typed of it. */
export function typedPart(text: string, caret: number): TypedPart {
  const before = text.slice(0, caret);
  const last = searchTerms(before).at(-1);
  if (last?.end !== caret) return { start: caret, end: caret, filter: undefined, value: "" };
  const filter = FILTERS.find((each) => each === last.kind);
  const value = filter === undefined ? before.slice(last.start) : last.value;
  return { start: last.start, end: caret, filter, value };
}

/** What the part that is being typed could become; nothing for plain words. */
export function suggestFor(
  state: ChatState,
  subject: Subject,
  typed: TypedPart,
): readonly SearchSuggestion[] {
  const value = typed.value.toLowerCase();
  if (typed.filter === undefined) {
    return [...value === "" ? suggestRecent(state) : [], ...suggestFilters(subject, value)];
  }
  if (typed.filter === "from" || typed.filter === "mentions") {
    return suggestPeople(state, subject, { filter: typed.filter, value });
  }
  if (typed.filter === "in") return suggestChannels(state, subject, value);
  if (typed.filter === "has") {
    return HAS.filter((each) => each.startsWith(value)).map((each) => ({
      key: each,
      label: `has:${each}`,
      detail: t(`search.has.${each}`),
      insert: `has:${each} `,
    }));
  }
  return suggestDays(state, typed.filter, value);
}

/** What was looked for lately: of an empty box alone. */
function suggestRecent(state: ChatState): SearchSuggestion[] {
  return readSearches(state.self.value.user.id).slice(0, RECENT_SHOWN).map((text) => ({
    key: `recent ${text}`,
    label: text,
    detail: t("search.again"),
    insert: text,
  }));
}

/** The filters themselves; `in` where there is more than one channel. */
function suggestFilters(subject: Subject, value: string): SearchSuggestion[] {
  return FILTERS.filter((each) =>
    each.startsWith(value) && (each !== "in" || (subject.guild && !subject.channel))
  ).map((each) => ({
    key: each,
    label: `${each}:`,
    detail: t(`search.filter.${each}`),
    insert: `${each}:`,
  }));
}

interface PersonAsked {
  readonly filter: "from" | "mentions";
  readonly value: string;
}

function suggestPeople(
  state: ChatState,
  subject: Subject,
  { filter, value }: PersonAsked,
): SearchSuggestion[] {
  const self = state.self.value.user;
  const dm = dmOf(state.known, state.place.value);
  const people = subject.guild
    ? (state.members.value.get(subject.guild.id)?.members ?? [])
      .map((member) => ({
        user: { ...member.user, avatar: member.guild_avatar ?? member.user.avatar },
        name: memberName(member),
      }))
    : [self, ...dm ? othersIn(dm, self.id) : []].map((user) => ({ user, name: nameOf(user) }));
  const typed = value.replace(/^@/, "");
  const me: SearchSuggestion[] = "me".startsWith(typed)
    ? [{ key: "me", label: t("search.me"), detail: "", insert: `${filter}:me ` }]
    : [];
  const everyone: SearchSuggestion[] =
    filter === "mentions" && subject.guild && "everyone".startsWith(typed)
      ? [{ key: "everyone", label: "@everyone", detail: "", insert: "mentions:everyone " }]
      : [];
  const found = people
    .filter(({ user, name }) =>
      user.id !== self.id &&
      (name.toLowerCase().includes(typed) || localPart(user.id).startsWith(typed))
    )
    .sort((a, b) => a.name.toLowerCase().indexOf(typed) - b.name.toLowerCase().indexOf(typed))
    .map(({ user, name }): SearchSuggestion => ({
      key: user.id,
      label: name,
      detail: handleOf(user.id),
      insert: `${filter}:${
        foreignServer(user.id, state.server.name) === undefined
          ? localPart(user.id)
          : handleOf(user.id)
      } `,
      user: { id: user.id, avatar: user.avatar },
    }));
  return [...me, ...everyone, ...found].slice(0, SHOWN);
}

/**
 * The same list with members whom only the server knows; undefined where it knows no more.
 * @throws ApiError
 */
export async function suggestMorePeople(
  state: ChatState,
  subject: Subject,
  typed: TypedPart,
): Promise<readonly SearchSuggestion[] | undefined> {
  const { guild } = subject;
  if ((typed.filter !== "from" && typed.filter !== "mentions") || !guild) return undefined;
  const held = state.members.value.get(guild.id);
  const search = typed.value.replace(/^@/, "");
  if (search === "" || (held && held.next === null)) return undefined;
  const { members } = await callApi("listMembers", {
    params: { guild_id: guild.id },
    query: { search, limit: SHOWN },
  });
  for (const member of members) state.users.set(member.user.id, member.user);
  const listed = suggestFor(state, subject, typed);
  const more = members.filter(({ user }) =>
    user.id !== state.self.value.user.id && !listed.some((each) => each.key === user.id)
  ).map(({ user, nickname, guild_avatar }): SearchSuggestion => ({
    key: user.id,
    label: nickname ?? nameOf(user),
    detail: handleOf(user.id),
    insert: `${typed.filter}:${handleOf(user.id)} `,
    user: { id: user.id, avatar: guild_avatar ?? user.avatar },
  }));
  return [...listed, ...more].slice(0, SHOWN);
}

function suggestChannels(state: ChatState, { guild }: Subject, value: string): SearchSuggestion[] {
  const typed = value.replace(/^#/, "");
  return (guild?.channels ?? [])
    .filter((channel) => channel.kind !== "category" && channel.name.toLowerCase().includes(typed))
    .sort((a, b) => a.name.toLowerCase().indexOf(typed) - b.name.toLowerCase().indexOf(typed))
    .slice(0, SHOWN)
    .map((channel) => ({
      key: `${channel.room_id} ${channel.id}`,
      label: `#${channel.name}`,
      detail: channel.encrypted
        ? t("search.sealedChannel")
        : plainText(state, channel.topic ?? "", guild),
      insert: `in:${/[\s"]/.test(channel.name) ? `"${channel.name}"` : channel.name} `,
    }));
}

function suggestDays(
  state: ChatState,
  filter: "before" | "after" | "during",
  value: string,
): SearchSuggestion[] {
  const zone = state.timeZone.value;
  const today = dayKey(state.now.value, zone);
  const days = [
    { name: "today", day: today },
    { name: "yesterday", day: dayKey(state.now.value - DAY_MS, zone) },
    { name: "month", day: today.slice(0, 7) },
    { name: "year", day: today.slice(0, 4) },
  ] as const;
  return days.filter(({ day }) => day.startsWith(value)).map(({ name, day }) => ({
    key: name,
    label: `${filter}:${day}`,
    detail: t(`search.day.${name}`),
    insert: `${filter}:${day} `,
  }));
}
