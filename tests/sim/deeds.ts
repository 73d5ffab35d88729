import type { JsonObject } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { BIT, bitsOf, formatBits, parseBits, type Right } from "../../core/permissions/bits.ts";
import type { Deed } from "./schedule.ts";

/** What somebody wants to do, before it is an event. */
export type Intent =
  & { readonly type: string; readonly sender: UserId; readonly content: JsonObject }
  & ({ readonly stateKey?: string } | { readonly channelId: ChannelId });

/** What a person sees on their server when they act. */
export interface Sight {
  readonly authority: Authority;
  /** The people of this server. */
  readonly locals: readonly UserId[];
  /** Everybody of the story, in the room or not. */
  readonly people: readonly UserId[];
  readonly channels: readonly ChannelId[];
  /** Messages shown in a channel, in order. */
  said(channelId: ChannelId): readonly { readonly id: EventId; readonly sender: UserId }[];
  readonly nowMs: number;
}

export const ROLE_IDS = ["high", "low", "mid"];
export const ROLE_BITS = bitsOf(
  "VIEW_CHANNEL",
  "READ_HISTORY",
  "SEND",
  "ADD_REACTIONS",
  "MANAGE_MESSAGES",
  "KICK",
  "BAN",
  "MANAGE_ROLES",
  "MANAGE_CHANNELS",
  "MANAGE_GUILD",
  "MODERATE_MEMBERS",
  "CREATE_INVITE",
  "CHANGE_NICKNAME",
);
export const EVERYONE_BITS = bitsOf(
  "VIEW_CHANNEL",
  "READ_HISTORY",
  "SEND",
  "ADD_REACTIONS",
  "CREATE_INVITE",
  "CHANGE_NICKNAME",
);

class Chooser {
  #at = 0;
  constructor(readonly choices: readonly number[], readonly sight: Sight) {}

  number(): number {
    return this.choices[this.#at++ % this.choices.length] as number;
  }
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.number() * items.length)];
  }
  some<Item>(items: readonly Item[], chance: number): Item[] {
    return items.filter((_, at) => (this.number() + at * 0.37) % 1 < chance);
  }
}

type Wish = (choose: Chooser, sender: UserId) => Omit<Intent, "sender"> | undefined;

function membership(to: string, others: boolean): Wish {
  return (choose, sender) => {
    const target = others ? choose.pick(choose.sight.people) : sender;
    if (target === undefined) return undefined;
    return { type: "m.room.member", stateKey: target, content: { membership: to } };
  };
}

/** Something said about a message that is shown. */
function about(make: (id: EventId, choose: Chooser) => Pick<Intent, "type" | "content">): Wish {
  return (choose) => {
    const channelId = choose.pick(choose.sight.channels);
    if (channelId === undefined) return undefined;
    const message = choose.pick(choose.sight.said(channelId).slice(-6));
    return message === undefined ? undefined : { ...make(message.id, choose), channelId };
  };
}

const policy: (right: Right) => Wish = (right) => (choose) => {
  const { sight } = choose;
  const channelId = choose.pick(sight.channels);
  if (channelId === undefined) return undefined;
  const targets = choose.some(["everyone", ...ROLE_IDS], 0.3).sort();
  const entries = targets.map((target) => ({
    target,
    allow: "0",
    deny: formatBits(BIT[right]),
  }));
  const content = { kind: "text", closed: choose.number() < 0.05, entries };
  return { type: "m.channel.policy", stateKey: channelId, content };
};

/** A channel for the bearers of one role. */
const reserve: Wish = (choose) => {
  const channelId = choose.pick(choose.sight.channels);
  if (channelId === undefined) return undefined;
  const view = formatBits(BIT.VIEW_CHANNEL);
  const entries = [
    { target: "everyone", allow: "0", deny: view },
    { target: choose.pick(ROLE_IDS) as string, allow: view, deny: "0" },
  ];
  return {
    type: "m.channel.policy",
    stateKey: channelId,
    content: { kind: "text", closed: false, entries },
  };
};

const WISHES: Readonly<Record<Deed, Wish>> = {
  say: (choose) => {
    const channelId = choose.pick(choose.sight.channels);
    if (channelId === undefined) return undefined;
    const body = `word ${choose.number()}`;
    return { type: "m.room.message", channelId, content: { msgtype: "text", body } };
  },
  react: about((id) => ({
    type: "m.reaction",
    content: { relates_to: { kind: "reaction", event_id: id }, key: "👍" },
  })),
  edit: about((id, choose) => ({
    type: "m.room.message",
    content: {
      msgtype: "text",
      body: `edited ${choose.number()}`,
      relates_to: { kind: "edit", event_id: id },
    },
  })),
  redact: about((id) => ({ type: "m.redaction", content: { redacts: [id] } })),
  give_roles: (choose) => {
    const target = choose.pick(choose.sight.people);
    if (target === undefined) return undefined;
    const roles = choose.some(ROLE_IDS, 0.4);
    return { type: "m.guild.member_roles", stateKey: target, content: { roles } };
  },
  change_roles: (choose) => {
    const table = choose.sight.authority.view.get("m.guild.roles", "")?.pdu.content;
    if (table === undefined) return undefined;
    const roles = { ...table["roles"] as Record<string, JsonObject> };
    const role = choose.pick(ROLE_IDS) as string;
    if (choose.number() < 0.2) delete roles[role];
    else {
      const right = choose.pick(["KICK", "BAN", "MANAGE_ROLES", "MANAGE_MESSAGES"] as const);
      const bits = (parseBits(roles[role]?.["bits"]) ?? 0n) ^ BIT[right as Right];
      roles[role] = { position: choose.pick([5, 10, 20, 30]) as number, bits: formatBits(bits) };
    }
    return { type: "m.guild.roles", stateKey: "", content: { ...table, roles } };
  },
  kick: membership("leave", true),
  ban: membership("ban", true),
  unban: membership("leave", true),
  invite: membership("invite", true),
  join: membership("join", false),
  leave: membership("leave", false),
  timeout: (choose) => {
    const target = choose.pick(choose.sight.people);
    if (target === undefined) return undefined;
    const until = choose.sight.nowMs + Math.floor(choose.number() * 30_000);
    return { type: "m.room.timeout", stateKey: target, content: { until } };
  },
  nickname: (choose, sender) => ({
    type: "m.member.profile",
    stateKey: sender,
    content: { nickname: `n${Math.floor(choose.number() * 1000)}` },
  }),
  rename: (choose) => ({
    type: "m.guild.meta",
    stateKey: "",
    content: { name: `guild ${choose.number()}` },
  }),
  policy: policy("SEND"),
  hide: policy("VIEW_CHANNEL"),
  reserve,
  hand_over: (choose) => {
    const target = choose.pick(choose.sight.people);
    return target === undefined
      ? undefined
      : { type: "m.guild.owner", stateKey: "", content: { user: target } };
  },
  purge: (choose) => {
    const target = choose.pick(choose.sight.people);
    if (target === undefined) return undefined;
    const to = choose.sight.nowMs;
    const content = { user: target, from_ts: to - 20_000, to_ts: to };
    return { type: "m.purge", content };
  },
};

/** What anybody does. */
const QUIET: ReadonlySet<Deed> = new Set(["say", "react", "edit", "redact", "leave", "nickname"]);

/** What a person of this server wants to do next. Whether they may, their server decides. */
export function intentOf(deed: Deed, sight: Sight, choices: readonly number[]): Intent | undefined {
  const choose = new Chooser(choices, sight);
  const { authority } = sight;
  const joined = sight.locals.filter((user) => authority.isJoined(user));
  // Those of high rank act more often: a story of refusals shows little.
  joined.sort((a, b) => Math.min(authority.rank(b), 1e9) - Math.min(authority.rank(a), 1e9));
  const sender = choose.pick(
    deed === "join" ? sight.locals : QUIET.has(deed) ? joined : joined.slice(0, 2),
  );
  if (sender === undefined) return undefined;
  const wish = WISHES[deed](choose, sender);
  return wish === undefined ? undefined : { ...wish, sender } as Intent;
}
