import { previewLink as operation } from "../../../../core/api/preview.ts";
import { OperationError } from "../../../../core/errors.ts";
import type { LinkDesk } from "../../../services/previews/link_desk.ts";
import { type Route, route } from "../../route.ts";

/** `links` is absent where this server asks no pages. */
export function previewLinkRoute(links: LinkDesk | undefined): Route {
  return route(operation, async ({ body, caller }) => {
    if (links === undefined) {
      throw new OperationError("unavailable", "This server makes no previews of links.");
    }
    return { preview: await links.look(caller.userId, body.url) };
  });
}
