import { z } from "zod";
import { Bits, ChannelKind } from "./channel.ts";
import { HistoryAccess } from "./guild.ts";

/** Bounds of a template: what is larger is built by hand. */
export const TEMPLATE_LIMITS = {
  roles: 100,
  channels: 200,
  entries: 100,
  welcomeChannels: 5,
} as const;

const Name = z.string().trim().min(1).max(100);
/** Place of a channel or role in the template's own list. */
const At = z.number().int().min(0);

const TemplateRole = z.strictObject({
  name: Name,
  color: z.string().regex(/^#[0-9a-f]{6}$/).nullable().default(null),
  hoist: z.boolean().default(false),
  mentionable: z.boolean().default(false),
  bits: Bits,
});

const TemplateChannel = z.strictObject({
  kind: ChannelKind,
  name: Name,
  topic: z.string().max(1024).nullable().default(null),
  parent: At.nullable().default(null).describe("Place of its category in `channels`"),
  slow_mode_s: z.number().int().min(0).max(86_400).default(0),
  age_restricted: z.boolean().default(false),
  user_limit: z.number().int().min(0).max(99).default(0),
  bitrate: z.number().int().min(8000).max(128_000).nullable().default(null),
  entries: z.array(z.strictObject({
    target: z.union([z.literal("everyone"), At]).describe("Or the place of a role in `roles`"),
    allow: Bits,
    deny: Bits,
  })).max(TEMPLATE_LIMITS.entries).default([]),
});

/**
 * The structure of a guild without people, words and secrets. Roles and channels name each other by
 * their place, so that the same content makes a new guild anywhere.
 */
export const TemplateContent = z.strictObject({
  format: z.literal("openguild.template"),
  version: z.literal(1),
  name: Name.describe("Of the template"),
  description: z.string().max(300).nullable().default(null),
  everyone: Bits,
  roles: z.array(TemplateRole).max(TEMPLATE_LIMITS.roles).describe("Strongest first"),
  channels: z.array(TemplateChannel).max(TEMPLATE_LIMITS.channels).describe("In their order"),
  history: HistoryAccess.default("shared"),
  knock: z.boolean().default(false),
  welcome: z.strictObject({
    text: z.string().max(1000).nullable().default(null),
    channels: z.array(z.strictObject({
      channel: At,
      emoji: z.string().min(1).max(16).nullable().default(null),
      line: z.string().max(80).nullable().default(null),
    })).max(TEMPLATE_LIMITS.welcomeChannels).default([]),
  }).nullable().default(null),
}).superRefine((content, context) => {
  const refuse = (message: string, path: (string | number)[]) =>
    context.addIssue({ code: "custom", message, path });
  content.channels.forEach((channel, at) => {
    const { parent } = channel;
    if (parent !== null) {
      const isCategory = content.channels[parent]?.kind === "category";
      if (!isCategory) refuse("stands in no category of the template", ["channels", at, "parent"]);
      if (channel.kind === "category") {
        refuse("a category cannot stand inside another", ["channels", at, "parent"]);
      }
    }
    const targets = channel.entries.map(({ target }) => target);
    if (new Set(targets).size < targets.length) {
      refuse("names somebody twice", ["channels", at, "entries"]);
    }
    if (targets.some((each) => each !== "everyone" && each >= content.roles.length)) {
      refuse("names a role that the template does not have", ["channels", at, "entries"]);
    }
  });
  content.welcome?.channels.forEach(({ channel }, at) => {
    const kind = content.channels[channel]?.kind;
    if (kind === undefined || kind === "category") {
      refuse("names no channel of the template", ["welcome", "channels", at]);
    }
  });
});
export type TemplateContent = z.output<typeof TemplateContent>;
/** As people write it: what has a default may be left out. */
export type TemplateDraft = z.input<typeof TemplateContent>;
