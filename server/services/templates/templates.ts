import type { z } from "zod";
import type { Guild } from "../../../core/api/guild.ts";
import type { getTemplate as getOperation, Template } from "../../../core/api/templates.ts";
import type { TemplateContent } from "../../../core/api/template.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { requireOwnedPlace } from "../guilds/create_guild.ts";
import { read, readStructure } from "./read_structure.ts";
import { templateGenesis } from "./template_genesis.ts";

/** Templates of one guild. */
export const TEMPLATES_MAX = 10;
/** 11 characters of base58: 64 bits that nobody guesses. */
const CODE_CHARS = 11;
const CODE = /^[1-9A-HJ-NP-Za-km-z]{11}$/;

interface TemplateRow {
  readonly code: string;
  readonly guild_id: string;
  readonly created_by: UserId;
  readonly name: string;
  readonly description: string | null;
  readonly content: string;
  readonly created_ts: number;
  readonly updated_ts: number;
  readonly uses: number;
}

interface About {
  readonly name: string;
  readonly description: string | null;
}

/** @throws OperationError `forbidden`, `not_found` */
export async function listTemplates(
  deps: ChatDeps,
  userId: UserId,
  guildId: string,
): Promise<{ templates: Template[] }> {
  const room = await openManaged(deps, userId, guildId);
  const rows = await deps.sql<TemplateRow[]>`
    select * from guild_templates where guild_id = ${room.id} order by created_ts, code`;
  return { templates: await Promise.all(rows.map((row) => viewTemplate(deps, row))) };
}

/** @throws OperationError `forbidden`, `not_found`, `limit_reached` */
export async function createTemplate(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly about: About },
): Promise<Template> {
  const room = await openManaged(deps, userId, input.guildId);
  const content = readStructure(await viewGuild(deps, room, userId), input.about);
  const nowMs = deps.clock.now();
  const code = encodeBase58Of16(deps.rng.bytes(16)).slice(0, CODE_CHARS);
  // One statement, so that two at once cannot pass the bound together by more than one each.
  const [row] = await deps.sql<TemplateRow[]>`
    insert into guild_templates
      (code, guild_id, created_by, name, description, content, created_ts, updated_ts)
    select ${code}, ${room.id}, ${userId}, ${content.name}, ${content.description},
      ${JSON.stringify(content)}, ${nowMs}, ${nowMs}
    where (select count(*) from guild_templates where guild_id = ${room.id}) < ${TEMPLATES_MAX}
    returning *`;
  if (row !== undefined) return await viewTemplate(deps, row);
  throw new OperationError(
    "limit_reached",
    `A guild has at most ${TEMPLATES_MAX} templates; delete one first.`,
  );
}

/** Reads the structure anew. @throws OperationError `forbidden`, `not_found`, `limit_reached` */
export async function updateTemplate(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly code: string;
    readonly about: { readonly [Field in keyof About]?: About[Field] | undefined };
  },
): Promise<Template> {
  const room = await openManaged(deps, userId, input.guildId);
  const held = await findTemplate(deps, input.code);
  if (held.guild_id !== room.id) throw noSuchTemplate();
  const { name = held.name, description = held.description } = input.about;
  const content = readStructure(await viewGuild(deps, room, userId), { name, description });
  const [row] = await deps.sql<TemplateRow[]>`
    update guild_templates set name = ${content.name}, description = ${content.description},
      content = ${JSON.stringify(content)}, updated_ts = ${deps.clock.now()}
    where code = ${held.code} returning *`;
  if (row === undefined) throw noSuchTemplate();
  return await viewTemplate(deps, row);
}

/** @throws OperationError `forbidden`, `not_found` */
export async function deleteTemplate(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly code: string },
): Promise<void> {
  const room = await openManaged(deps, userId, input.guildId);
  const gone = await deps.sql`
    delete from guild_templates where code = ${input.code} and guild_id = ${room.id} returning code`;
  if (gone.length === 0) throw noSuchTemplate();
}

/** Whoever has the code may see it. @throws OperationError `not_found` */
export async function getTemplate(
  deps: ChatDeps,
  code: string,
): Promise<z.output<typeof getOperation.result>> {
  const row = await findTemplate(deps, code);
  return { ...await viewTemplate(deps, row), content: read(JSON.parse(row.content)) };
}

/** A new guild of the caller's own. @throws OperationError `not_found`, `limit_reached` */
export async function makeFromTemplate(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly name: string;
    readonly localOnly: boolean;
    readonly template: { readonly code: string } | { readonly content: TemplateContent };
  },
): Promise<Guild> {
  const { name, localOnly, template } = input;
  const content = "code" in template
    ? read(JSON.parse((await findTemplate(deps, template.code)).content))
    : template.content;
  await requireOwnedPlace(deps, userId);
  const room = await deps.rooms.create(
    templateGenesis(deps.rng, { creator: userId, name, localOnly, content }),
    userId,
  );
  if ("code" in template) {
    await deps.sql`update guild_templates set uses = uses + 1 where code = ${template.code}`;
  }
  return await viewGuild(deps, room, userId);
}

async function openManaged(deps: ChatDeps, userId: UserId, guildId: string): Promise<Room> {
  const room = await openGuild(deps, userId, guildId);
  requireRight(room.authority.base(userId, deps.clock.now()), "MANAGE_GUILD", "keep templates");
  return room;
}

async function findTemplate(deps: Pick<ChatDeps, "sql">, code: string): Promise<TemplateRow> {
  const [row] = CODE.test(code)
    ? await deps.sql<TemplateRow[]>`select * from guild_templates where code = ${code}`
    : [];
  if (row === undefined) throw noSuchTemplate();
  return row;
}

function noSuchTemplate(): OperationError {
  return new OperationError("not_found", "There is no such template. Check the address.");
}

async function viewTemplate(
  deps: Pick<ChatDeps, "users" | "publicUrl">,
  row: TemplateRow,
): Promise<Template> {
  const by = parseUserId(row.created_by);
  return {
    code: row.code,
    url: `${deps.publicUrl}/template/${row.code}`,
    name: row.name,
    description: row.description,
    by: by === undefined ? null : await deps.users.get(by),
    created_ts: row.created_ts,
    updated_ts: row.updated_ts,
    uses: row.uses,
  };
}
