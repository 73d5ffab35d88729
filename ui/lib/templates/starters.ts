import type { TemplateDraft } from "../../../core/api/template.ts";
import {
  bitsOf,
  DEFAULT_EVERYONE_BITS,
  formatBits,
  holds,
} from "../../../core/permissions/bits.ts";
import { t } from "../i18n/t.ts";

/** What somebody may want a guild for, in the order of the list. */
export const STARTERS = ["friends", "gaming", "study", "club", "project"] as const;
export type Starter = typeof STARTERS[number];

type ChannelDraft = TemplateDraft["channels"][number];
type RoleDraft = TemplateDraft["roles"][number];

const EVERYONE = formatBits(DEFAULT_EVERYONE_BITS);
const HELPER_BITS = formatBits(
  DEFAULT_EVERYONE_BITS |
    bitsOf("KICK", "MODERATE_MEMBERS", "MANAGE_MESSAGES", "MANAGE_THREADS", "MUTE_MEMBERS"),
);
/** Everybody reads, those with the strongest role write. */
const ANNOUNCED: ChannelDraft["entries"] = [
  { target: "everyone", allow: "0", deny: formatBits(bitsOf("SEND")) },
  { target: 0, allow: formatBits(bitsOf("SEND")), deny: "0" },
];

const role = (name: string, color: string, bits = EVERYONE): RoleDraft => ({
  name,
  color,
  hoist: true,
  mentionable: true,
  bits,
});
const text = (name: string, parent: number | null = null): ChannelDraft => ({
  kind: "text",
  name,
  parent,
});
const voice = (name: string, parent: number | null = null): ChannelDraft => ({
  kind: "voice",
  name,
  parent,
});
const news = (name: string, parent: number | null): ChannelDraft => ({
  ...text(name, parent),
  entries: ANNOUNCED,
});
const category = (name: string): ChannelDraft => ({ kind: "category", name });

/** Roles and channels of each, in the language of the moment. */
const PARTS: Readonly<
  Record<Starter, () => Pick<TemplateDraft, "roles" | "channels">>
> = {
  friends: () => ({
    roles: [],
    channels: [
      text(t("starter.general")),
      text(t("starter.pictures")),
      text(t("starter.plans")),
      voice(t("starter.livingRoom")),
    ],
  }),
  gaming: () => ({
    roles: [
      role(t("starter.moderators"), "#2f7d4f", HELPER_BITS),
      role(t("starter.regulars"), "#2563ab"),
    ],
    channels: [
      category(t("starter.start")),
      news(t("starter.news"), 0),
      text(t("starter.general"), 0),
      category(t("starter.games")),
      text(t("starter.findGroup"), 3),
      text(t("starter.clips"), 3),
      voice(t("starter.lobby"), 3),
      voice(t("starter.team", { n: 1 }), 3),
      voice(t("starter.team", { n: 2 }), 3),
    ],
  }),
  study: () => ({
    roles: [role(t("starter.tutors"), "#7a4fb5", HELPER_BITS)],
    channels: [
      category(t("starter.group")),
      news(t("starter.dates"), 0),
      text(t("starter.general"), 0),
      category(t("starter.learning")),
      text(t("starter.questions"), 3),
      text(t("starter.materials"), 3),
      voice(t("starter.quietRoom"), 3),
      voice(t("starter.talkRoom"), 3),
    ],
  }),
  club: () => ({
    roles: [
      role(t("starter.board"), "#b4531f", HELPER_BITS),
      role(t("starter.helpers"), "#2f7d4f"),
    ],
    channels: [
      category(t("starter.club")),
      news(t("starter.news"), 0),
      text(t("starter.general"), 0),
      text(t("starter.events"), 0),
      category(t("starter.work")),
      {
        ...text(t("starter.boardRoom"), 4),
        entries: [
          { target: "everyone", allow: "0", deny: formatBits(bitsOf("VIEW_CHANNEL")) },
          { target: 0, allow: formatBits(bitsOf("VIEW_CHANNEL")), deny: "0" },
        ],
      },
      voice(t("starter.meeting"), 4),
    ],
  }),
  project: () => ({
    roles: [
      role(t("starter.leads"), "#2563ab", HELPER_BITS),
      role(t("starter.contributors"), "#2f7d4f"),
    ],
    channels: [
      category(t("starter.project")),
      news(t("starter.news"), 0),
      text(t("starter.general"), 0),
      text(t("starter.help"), 0),
      category(t("starter.work")),
      text(t("starter.ideas"), 4),
      text(t("starter.building"), 4),
      text(t("starter.review"), 4),
      voice(t("starter.meeting"), 4),
    ],
  }),
};

/** A template that every server has. */
export function starterTemplate(key: Starter): TemplateDraft {
  return {
    format: "openguild.template",
    version: 1,
    name: t(`starter.${key}.name`),
    description: null,
    everyone: EVERYONE,
    ...PARTS[key](),
  };
}

/** Whether not everybody sees a channel. */
export function isHidden(channel: ChannelDraft): boolean {
  return (channel.entries ?? []).some(({ target, deny }) =>
    target === "everyone" && holds(BigInt(`0x${deny}`), "VIEW_CHANNEL")
  );
}
