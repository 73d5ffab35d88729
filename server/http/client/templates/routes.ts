import {
  checkTemplate as checkOperation,
  createTemplate as createOperation,
  deleteTemplate as deleteOperation,
  getTemplate as getOperation,
  listTemplates as listOperation,
  updateTemplate as updateOperation,
  useTemplate as useOperation,
} from "../../../../core/api/templates.ts";
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  listTemplates,
  makeFromTemplate,
  updateTemplate,
} from "../../../services/templates/templates.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** Guilds that others are made from. */
export function templateRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(
      listOperation,
      ({ caller, params }) => listTemplates(deps, caller.userId, params.guild_id),
    ),
    route(
      createOperation,
      ({ caller, params, body }) =>
        createTemplate(deps, caller.userId, { guildId: params.guild_id, about: body }),
    ),
    route(updateOperation, ({ caller, params, body }) =>
      updateTemplate(deps, caller.userId, {
        guildId: params.guild_id,
        code: params.code,
        about: body,
      })),
    route(deleteOperation, async ({ caller, params }) => {
      await deleteTemplate(deps, caller.userId, { guildId: params.guild_id, code: params.code });
      return {};
    }),
    route(getOperation, ({ params }) => getTemplate(deps, params.code)),
    route(checkOperation, ({ body }) => Promise.resolve({ content: body.content })),
    route(useOperation, ({ caller, body }) =>
      makeFromTemplate(deps, caller.userId, {
        name: body.name,
        localOnly: body.local_only,
        template: body.template,
      })),
  ];
}
