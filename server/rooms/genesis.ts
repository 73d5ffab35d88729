import type { JsonObject } from "../../core/event/json.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { type ChannelId, MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import { DEFAULT_EVERYONE_BITS, formatBits } from "../../core/permissions/bits.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { ControlIntent } from "./control_tip.ts";

/** The content of a create event, and the control events that follow it, in order. */
export interface Genesis {
  readonly create: JsonObject;
  readonly rest: readonly ControlIntent[];
}

export function newChannelId(rng: Rng): ChannelId {
  return encodeBase58Of16(rng.bytes(16)) as ChannelId;
}

function nonce(rng: Rng): string {
  return encodeBase58Of16(rng.bytes(16));
}

/** Owner-zero and the owner's join: the second and third event of rooms with an owner. PROTOCOL.md 5. */
function ownerAndJoin(user: UserId): ControlIntent[] {
  return [
    { type: "m.guild.owner", stateKey: "", sender: user, content: { user } },
    join(user),
  ];
}

function join(user: UserId): ControlIntent {
  return { type: "m.room.member", stateKey: user, sender: user, content: { membership: "join" } };
}

export interface NewGuild {
  readonly creator: UserId;
  readonly name: string;
  readonly icon: { readonly uri: string; readonly blake3: string } | null;
  /** For ever closed to people of other servers. */
  readonly localOnly?: boolean;
}

/** A guild with #general and a voice channel, so that its first minute needs no settings. */
export function guildGenesis(rng: Rng, guild: NewGuild): Genesis {
  const by = { sender: guild.creator };
  const channel = (kind: string, name: string, order: number): ControlIntent[] => {
    const id = newChannelId(rng);
    return [
      {
        ...by,
        type: "m.channel.policy",
        stateKey: id,
        content: { kind, closed: false, entries: [] },
      },
      { ...by, type: "m.channel.meta", stateKey: id, content: { name, order } },
    ];
  };
  return plainGuildGenesis(rng, {
    ...guild,
    roles: { everyone: formatBits(DEFAULT_EVERYONE_BITS), roles: {} },
    joinRule: "invite",
    history: "shared",
    description: null,
    rest: [...channel("text", "general", 0), ...channel("voice", "Voice", 1)],
  });
}

export interface PlainGuild extends Omit<NewGuild, "icon"> {
  readonly icon?: NewGuild["icon"];
  /** Content of its roles table. */
  readonly roles: JsonObject;
  readonly joinRule: "invite" | "knock";
  readonly history: "shared" | "joined";
  readonly description: string | null;
  /** Looks of the roles and channels, in an order in which each may stand. */
  readonly rest: readonly ControlIntent[];
}

/** What every guild begins with, and then what makes it this one. */
export function plainGuildGenesis(rng: Rng, guild: PlainGuild): Genesis {
  const { creator, icon = null, description } = guild;
  const state = (type: string, content: JsonObject): ControlIntent => ({
    type,
    sender: creator,
    stateKey: "",
    content,
  });
  return {
    create: {
      room_version: "og1",
      nonce: nonce(rng),
      kind: "guild",
      federate: guild.localOnly !== true,
    },
    rest: [
      ...ownerAndJoin(creator),
      state("m.guild.roles", guild.roles),
      state("m.room.join_rules", { rule: guild.joinRule }),
      state("m.room.history_visibility", { visibility: guild.history }),
      state("m.guild.meta", {
        name: guild.name,
        ...(description === null ? {} : { description }),
        ...(icon === null ? {} : { icon: icon.uri, icon_blake3: icon.blake3 }),
      }),
      ...guild.rest,
    ],
  };
}

export interface NewSuccessor {
  readonly creator: UserId;
  readonly federate: boolean;
  readonly predecessor: { readonly room_id: string; readonly tombstone: string };
  /** Tables, channels and looks of the former room, in an order in which each may stand. */
  readonly copied: readonly ControlIntent[];
}

/** A guild that goes on in a new room; members of the former one may come in. PROTOCOL.md 10. */
export function successorGenesis(rng: Rng, guild: NewSuccessor): Genesis {
  const { creator, federate, predecessor } = guild;
  return {
    create: {
      room_version: "og1",
      nonce: nonce(rng),
      kind: "guild",
      federate,
      predecessor: { ...predecessor },
    },
    rest: [
      ...ownerAndJoin(creator),
      {
        type: "m.room.join_rules",
        stateKey: "",
        sender: creator,
        content: { rule: "restricted", allow: [{ predecessor: predecessor.room_id }] },
      },
      ...guild.copied,
    ],
  };
}

export interface NewPrivateChannel {
  readonly creator: UserId;
  readonly guildId: string;
  readonly name: string;
  readonly topic: string | null;
  readonly parent: string | null;
  readonly order: number;
  /** The guild's roles as its custodian copies them: a guild's moderator is one here. PROTOCOL.md 9. */
  readonly roles: JsonObject;
  /** As its guild: closed to people of other servers, or not. */
  readonly federate: boolean;
  /** Roles of the guild whose bearers may come in by themselves. */
  readonly allowRoles: readonly string[];
}

/** A private channel: a room of its own, entered by invitation or by a role of the guild. */
export function privateGenesis(rng: Rng, channel: NewPrivateChannel): Genesis {
  const by = { sender: channel.creator };
  return {
    create: {
      room_version: "og1",
      nonce: nonce(rng),
      kind: "private",
      federate: channel.federate,
      guild: channel.guildId,
    },
    rest: [
      ...ownerAndJoin(channel.creator),
      { ...by, type: "m.guild.roles", stateKey: "", content: channel.roles },
      {
        ...by,
        type: "m.room.join_rules",
        stateKey: "",
        content: channel.allowRoles.length === 0 ? { rule: "invite" } : {
          rule: "restricted",
          allow: channel.allowRoles.map((role) => ({ guild: channel.guildId, role })),
        },
      },
      {
        ...by,
        type: "m.channel.policy",
        stateKey: MAIN_CHANNEL,
        content: {
          kind: "text",
          closed: false,
          entries: [],
          ...(channel.parent === null ? {} : { parent: channel.parent }),
        },
      },
      {
        ...by,
        type: "m.channel.meta",
        stateKey: MAIN_CHANNEL,
        content: {
          name: channel.name,
          order: channel.order,
          ...(channel.topic === null ? {} : { topic: channel.topic }),
        },
      },
    ],
  };
}

/** A one-to-one conversation: only these two can ever be its members. PROTOCOL.md 10. */
export function dmGenesis(rng: Rng, pair: { creator: UserId; other: UserId }): Genesis {
  const users = [pair.creator, pair.other].sort();
  return {
    create: { room_version: "og1", nonce: nonce(rng), kind: "dm", federate: true, users },
    rest: [
      join(pair.creator),
      {
        type: "m.room.member",
        stateKey: pair.other,
        sender: pair.creator,
        content: { membership: "invite" },
      },
    ],
  };
}

export interface NewGroupDm {
  readonly creator: UserId;
  readonly name: string | null;
  /** Who is asked; `letIn`: a person of this server who knows the creator and is in at once. */
  readonly guests: readonly Invited[];
  readonly nowMs: number;
}

interface Invited {
  readonly user: UserId;
  readonly letIn: boolean;
}

/** A conversation of several. Who comes later reads nothing of before. PROTOCOL.md 10. */
export function groupDmGenesis(rng: Rng, { creator, name, guests, nowMs }: NewGroupDm): Genesis {
  const by = { sender: creator };
  return {
    create: { room_version: "og1", nonce: nonce(rng), kind: "group_dm", federate: true },
    rest: [
      ...ownerAndJoin(creator),
      {
        ...by,
        type: "m.room.history_visibility",
        stateKey: "",
        content: { visibility: "joined" },
      },
      ...(name === null ? [] : [{ ...by, type: "m.guild.meta", stateKey: "", content: { name } }]),
      ...guests.flatMap((guest) => guestIntents(creator, guest, nowMs)),
    ],
  };
}

/**
 * Asks somebody into a group DM, or brings them in. Whoever does not answer is not asked for ever:
 * nobody is told whether the question was seen. PROTOCOL.md 10.
 */
export function guestIntents(
  by: UserId,
  { user, letIn }: Invited,
  nowMs: number,
): ControlIntent[] {
  const expires = nowMs + limits.authority.groupInviteMs;
  return [
    {
      type: "m.room.member",
      stateKey: user,
      sender: by,
      content: { membership: "invite", expires },
    },
    ...(letIn ? [join(user)] : []),
  ];
}
