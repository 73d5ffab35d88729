import { z } from "zod";
import { Guild } from "./guild.ts";
import { GuildParams, Name } from "./guilds.ts";
import { defineOperation } from "./operation.ts";
import { TemplateContent } from "./template.ts";
import { User } from "./user.ts";

/** A template of a guild, as who looks after it sees it. The code is the secret. */
export const Template = z.object({
  code: z.string(),
  url: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  by: User.nullable(),
  created_ts: z.number().int(),
  updated_ts: z.number().int().describe("When the structure was last read from the guild"),
  uses: z.number().int(),
});
export type Template = z.infer<typeof Template>;

const TemplateParams = GuildParams.extend({ code: z.string() });
const About = {
  name: Name,
  description: z.string().trim().max(300).nullable().default(null),
};

export const listTemplates = defineOperation({
  id: "listTemplates",
  scope: "manage:guilds",
  method: "GET",
  path: "/client/v1/guilds/:guild_id/templates",
  tag: "templates",
  summary: "Templates that were made of a guild (MANAGE_GUILD)",
  auth: "user",
  params: GuildParams,
  result: z.object({ templates: z.array(Template) }),
  errors: ["forbidden", "not_found"],
});

export const createTemplate = defineOperation({
  id: "createTemplate",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/guilds/:guild_id/templates",
  tag: "templates",
  summary:
    "Save a guild's roles, channels and settings, as far as the caller sees them, as a template (MANAGE_GUILD)",
  auth: "user",
  params: GuildParams,
  body: z.object(About),
  result: Template,
  errors: ["invalid", "forbidden", "not_found", "limit_reached"],
});

export const updateTemplate = defineOperation({
  id: "updateTemplate",
  scope: "manage:guilds",
  method: "PUT",
  path: "/client/v1/guilds/:guild_id/templates/:code",
  tag: "templates",
  summary: "Read the structure from the guild again (MANAGE_GUILD)",
  auth: "user",
  params: TemplateParams,
  body: z.object(About).partial(),
  result: Template,
  errors: ["invalid", "forbidden", "not_found"],
});

export const deleteTemplate = defineOperation({
  id: "deleteTemplate",
  scope: "manage:guilds",
  method: "DELETE",
  path: "/client/v1/guilds/:guild_id/templates/:code",
  tag: "templates",
  summary: "Delete a template: its link leads nowhere then (MANAGE_GUILD)",
  auth: "user",
  params: TemplateParams,
  result: z.object({}),
  errors: ["forbidden", "not_found"],
});

export const getTemplate = defineOperation({
  id: "getTemplate",
  scope: "read",
  method: "GET",
  path: "/client/v1/templates/:code",
  tag: "templates",
  summary: "A template by its code, with all that a guild is made of",
  auth: "user",
  params: z.object({ code: z.string() }),
  result: Template.extend({ content: TemplateContent }),
  errors: ["not_found"],
});

export const checkTemplate = defineOperation({
  id: "checkTemplate",
  scope: "read",
  method: "POST",
  path: "/client/v1/templates/check",
  tag: "templates",
  summary:
    "A content as a guild would be made from it, with all that was left out; changes nothing",
  auth: "user",
  body: z.object({ content: TemplateContent }),
  result: z.object({ content: TemplateContent }),
  errors: ["invalid"],
});

export const useTemplate = defineOperation({
  id: "useTemplate",
  scope: "manage:guilds",
  method: "POST",
  path: "/client/v1/templates/use",
  tag: "templates",
  summary: "Make a guild from a template: by its code, or from a content at hand",
  auth: "user",
  body: z.object({
    name: Name,
    local_only: z.boolean().default(false),
    template: z.union([z.object({ code: z.string() }), z.object({ content: TemplateContent })]),
  }),
  result: Guild,
  errors: ["invalid", "not_found", "limit_reached", "rate_limited"],
});
