import type { Route } from "../route.ts";
import type { ChatRouteDeps } from "./chat_route_deps.ts";
import { acceptInvitationRoute } from "./invitations/accept.ts";
import { declineInvitationRoute } from "./invitations/decline.ts";
import { listInvitationsRoute } from "./invitations/list.ts";
import { knockRoute } from "./rooms/room/knock.ts";
import { listKnocksRoute } from "./guilds/guild/knocks.ts";
import { lookAtLinkRoute } from "./links/look.ts";
import { joinByLinkRoute } from "./links/join.ts";
import { getGuildServersRoute, setGuildServersRoute } from "./guilds/guild/servers.ts";
import {
  acceptOwnerOfferRoute,
  declineOwnerOfferRoute,
  listOwnerOffersRoute,
} from "./guilds/owner_offers.ts";
import { upgradeGuildRoute } from "./guilds/guild/upgrade.ts";

/** Invitations, links and guilds across servers. */
export function membershipRoutes(deps: ChatRouteDeps): Route[] {
  return [
    acceptInvitationRoute(deps),
    declineInvitationRoute(deps),
    listInvitationsRoute(deps),
    knockRoute(deps),
    listKnocksRoute(deps),
    lookAtLinkRoute(deps),
    joinByLinkRoute(deps),
    getGuildServersRoute(deps),
    setGuildServersRoute(deps),
    acceptOwnerOfferRoute(deps),
    declineOwnerOfferRoute(deps),
    listOwnerOffersRoute(deps),
    upgradeGuildRoute(deps),
  ];
}
