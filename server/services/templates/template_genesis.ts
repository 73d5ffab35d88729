import type { TemplateContent } from "../../../core/api/template.ts";
import type { JsonValue } from "../../../core/event/json.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Rng } from "../../../core/ports/rng.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import { FIRST_POSITION } from "../roles/create_role.ts";
import { type Genesis, newChannelId, plainGuildGenesis } from "../../rooms/genesis.ts";

export interface TemplateGuild {
  readonly creator: UserId;
  readonly name: string;
  readonly localOnly: boolean;
  readonly content: TemplateContent;
}

/** A guild with the roles and channels of a template, each under an id of its own. */
export function templateGenesis(rng: Rng, guild: TemplateGuild): Genesis {
  const { content, creator } = guild;
  const roleIds = content.roles.map(() => encodeBase58Of16(rng.bytes(16)));
  const channelIds = content.channels.map(() => newChannelId(rng));
  const by = { sender: creator };
  return plainGuildGenesis(rng, {
    ...guild,
    joinRule: content.knock ? "knock" : "invite",
    history: content.history,
    roles: {
      everyone: content.everyone,
      roles: Object.fromEntries(
        content.roles.map(({ bits }, at) => [
          roleIds[at] ?? "",
          { position: FIRST_POSITION - at, bits },
        ]),
      ),
    },
    description: content.description,
    rest: [
      ...content.roles.map(({ name, color, hoist, mentionable }, at): ControlIntent => ({
        ...by,
        type: "m.guild.role",
        stateKey: roleIds[at] ?? "",
        content: { name, hoist, mentionable, ...(color === null ? {} : { color }) },
      })),
      ...content.channels.flatMap((_, at) => channelIntents(guild, { at, roleIds, channelIds })),
      ...welcomeIntents(guild, channelIds),
    ],
  });
}

interface Ids {
  readonly at: number;
  readonly roleIds: readonly string[];
  readonly channelIds: readonly string[];
}

function channelIntents(
  { content, creator }: TemplateGuild,
  { at, roleIds, channelIds }: Ids,
): ControlIntent[] {
  const channel = content.channels[at];
  const id = channelIds[at];
  if (channel === undefined || id === undefined) return [];
  const { kind, name, topic, parent, slow_mode_s, age_restricted, user_limit, bitrate } = channel;
  const entries = channel.entries
    .map(({ target, allow, deny }) => ({
      target: target === "everyone" ? target : roleIds[target] ?? "",
      allow,
      deny,
    }))
    .filter(({ allow, deny }) => allow !== "0" || deny !== "0")
    .sort((a, b) => (a.target < b.target ? -1 : 1));
  const category = parent === null ? undefined : channelIds[parent];
  return [{
    type: "m.channel.policy",
    sender: creator,
    stateKey: id,
    content: {
      kind,
      closed: false,
      ...(category === undefined ? {} : { parent: category }),
      entries,
    },
  }, {
    type: "m.channel.meta",
    sender: creator,
    stateKey: id,
    content: {
      name,
      order: at,
      ...(topic === null || topic === "" ? {} : { topic }),
      ...(slow_mode_s === 0 ? {} : { slow_mode_s }),
      ...(age_restricted ? { age_restricted } : {}),
      ...(kind === "voice" && user_limit > 0 ? { user_limit } : {}),
      ...(kind === "voice" && bitrate !== null ? { bitrate } : {}),
    },
  }];
}

function welcomeIntents(
  { content, creator }: TemplateGuild,
  channelIds: readonly string[],
): ControlIntent[] {
  const { welcome } = content;
  if (welcome === null || (!welcome.text && welcome.channels.length === 0)) return [];
  const channels = welcome.channels.map(({ channel, emoji, line }): JsonValue => ({
    channel: channelIds[channel] ?? "",
    ...(emoji === null ? {} : { emoji }),
    ...(line ? { line } : {}),
  }));
  return [{
    type: "m.guild.welcome",
    sender: creator,
    stateKey: "",
    content: {
      ...(welcome.text ? { text: welcome.text } : {}),
      ...(channels.length === 0 ? {} : { channels }),
    },
  }];
}
