import type { AccountHttpDeps } from "../http/client/account_http_deps.ts";
import { accountRoutes } from "../http/client/account_routes.ts";
import { type ExportRouteDeps, exportRoutes } from "../http/client/account/export.ts";
import type { ChatRouteDeps } from "../http/client/chat_route_deps.ts";
import { chatRoutes } from "../http/client/chat_routes.ts";
import { type GroupRouteDeps, groupRoutes } from "../http/client/e2ee/group_routes.ts";
import { type DeviceRouteDeps, deviceRoutes } from "../http/client/e2ee/device_routes.ts";
import { mediaRoutes } from "../http/client/media/routes.ts";
import type { ServerRouteDeps } from "../http/client/server_route_deps.ts";
import { serverRoutes } from "../http/client/server_routes.ts";
import { type VoiceRouteDeps, voiceRoutes } from "../http/client/voice/voice_routes.ts";
import type { Route } from "../http/route.ts";
import type { MediaDeps } from "../services/media/media_deps.ts";
import type { RemoteMedia } from "../services/media/remote/remote_media.ts";
import type { MediaVisibility } from "../services/media/media_visibility.ts";
import type { LinkDesk } from "../services/previews/link_desk.ts";

/** Every operation of the client API but the live streams, which the doors bring themselves. */
export function allRoutes(input: {
  readonly accounts: AccountHttpDeps;
  readonly exports: ExportRouteDeps;
  readonly chat: ChatRouteDeps;
  readonly devices: DeviceRouteDeps;
  readonly groups: GroupRouteDeps;
  readonly voice: VoiceRouteDeps;
  readonly server: ServerRouteDeps;
  readonly media: {
    readonly deps: MediaDeps;
    readonly visibility: MediaVisibility;
    readonly remote: RemoteMedia;
    readonly links: LinkDesk | undefined;
  };
}): Route[] {
  return [
    ...accountRoutes(input.accounts),
    ...exportRoutes(input.exports),
    ...chatRoutes(input.chat),
    ...deviceRoutes(input.devices),
    ...groupRoutes(input.groups),
    ...voiceRoutes(input.voice),
    ...serverRoutes(input.server),
    ...mediaRoutes(input.media.deps, input.media.visibility, input.media),
  ];
}
