import {
  acceptOwnerOffer as accept,
  declineOwnerOffer as decline,
  listOwnerOffers as list,
} from "../../../../core/api/owner_offers.ts";
import {
  acceptOwnerOffer,
  declineOwnerOffer,
  listOwnerOffers,
} from "../../../services/guilds/owner_offers.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function listOwnerOffersRoute(deps: ChatRouteDeps): Route {
  return route(list, async ({ caller }) => ({
    offers: await listOwnerOffers(deps, caller.userId),
  }));
}

export function acceptOwnerOfferRoute(deps: ChatRouteDeps): Route {
  return route(accept, async ({ caller, params }) => {
    await acceptOwnerOffer(deps, caller.userId, params.guild_id);
    return {};
  });
}

export function declineOwnerOfferRoute(deps: ChatRouteDeps): Route {
  return route(decline, async ({ caller, params }) => {
    await declineOwnerOffer(deps, caller.userId, params.guild_id);
    return {};
  });
}
