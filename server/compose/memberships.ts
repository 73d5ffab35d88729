import type { Bus } from "../../core/ports/bus.ts";
import type { Log } from "../../core/ports/log.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { EduShow } from "../../federation/edus/ports.ts";
import { inviteHandler } from "../../federation/handle/invite.ts";
import { lookAtLinkHandler } from "../../federation/handle/look.ts";
import { makeMembershipHandler } from "../../federation/handle/make_membership.ts";
import {
  offerOwnerHandler,
  signOwnerHandler,
  takeOwnerHandler,
} from "../../federation/handle/owner.ts";
import { offerHandler } from "../../federation/handle/offer.ts";
import { redeemLinkHandler } from "../../federation/handle/redeem.ts";
import { sendMembershipHandler } from "../../federation/handle/send_membership.ts";
import type { ServerSigner } from "../../federation/ports.ts";
import { StoredInviteDesk } from "../federation/invite_desk.ts";
import { Joins } from "../federation/joins.ts";
import { StayWatch } from "../services/members/stay_watch.ts";
import { LinkGranter } from "../federation/link_grants.ts";
import { linksForOthers } from "../federation/links.ts";
import { MembershipJobs } from "../federation/membership_jobs.ts";
import { JoiningOfferDesk } from "../federation/offer_desk.ts";
import type { OwnerOffers } from "../federation/owner_offers.ts";
import { remoteRooms } from "../federation/remote_rooms.ts";
import { residentRooms } from "../federation/resident_rooms.ts";
import { UpgradeFollower } from "../federation/upgrade_follower.ts";
import { guildVouchers } from "../federation/vouchers.ts";
import { remoteFailure } from "../federation/words.ts";
import { subscribeAccountEvents } from "../services/accounts/account_event.ts";
import { CheckWatch } from "../federation/check_watch.ts";
import { Custodian } from "../services/channels/custodian.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { hearRelationship } from "../services/relationships/change_relationship.ts";
import {
  publishRelationshipNotice,
  type RelationshipNotice,
} from "../services/relationships/relationship_notice.ts";
import { type JoinNotice, publishJoinNotice } from "../services/sync/join_notice.ts";
import type { ChatParts } from "./chat.ts";
import type { AnyHandler } from "../http/federation/door.ts";
import type { FederationParts } from "./federation.ts";
import type { InboundParts } from "./inbound.ts";
import type { StoreParts, SystemParts } from "./store.ts";

export interface MembershipInput {
  readonly store: StoreParts;
  readonly bus: Bus;
  readonly signer: ServerSigner;
  readonly serverName: ServerName;
  readonly federation: FederationParts;
  readonly inbound: Pick<InboundParts, "ingest">;
  readonly chat: ChatParts;
  readonly owners: OwnerOffers;
  readonly stack: AsyncDisposableStack;
}

export interface MembershipParts {
  readonly remote: RemoteRooms;
  readonly owners: OwnerOffers;
  readonly announceRelationship: (notice: RelationshipNotice) => void;
  /** What people of other servers say about being friends. */
  readonly hearRelationship: EduShow["relationship"];
  readonly handlers: readonly AnyHandler[];
}

/** Membership across servers: joins, invites, links, private channels and their custodian. */
export function composeMemberships(system: SystemParts, input: MembershipInput): MembershipParts {
  const { store, bus, signer, serverName, federation, inbound, chat, owners, stack } = input;
  const { sql } = store.database;
  const { keyRing: keys, transport, verifier, blake3, resolver } = federation;
  const ask = { ...system, transport, signer, blake3 };
  const base = { ...chat.deps, log: system.log.child({ part: "memberships" }) };
  const announce = (notice: JoinNotice) => publishJoinNotice(bus, notice);
  const jobs = stack.use(new MembershipJobs({ ...base, ask, keys }));
  stack.defer(wakeForEnded(bus, base.log, jobs));
  const joins = stack.use(
    new Joins({
      ...base,
      appendLog: store.appendLog,
      ask,
      check: { transport, keys, verifier, blake3, log: base.log },
      ingest: inbound.ingest,
      announce,
    }),
  );
  stack.use(new CheckWatch({ ...base, announce }));
  const remote = remoteRooms({
    sql,
    ask,
    joins,
    jobs,
    serverAt: (address) =>
      resolver.nameAt(address).catch((error) => {
        // Its host stands for its name in words: more is not known of it.
        throw remoteFailure(error, address.host as ServerName);
      }),
    announceInvitation: (userId, roomId) => announce({ kind: "invitation", userId, roomId }),
    announceConversation: (userId, roomId) => announce({ kind: "conversation", userId, roomId }),
  });
  const granter = stack.use(new LinkGranter(base));
  const stays = stack.use(new StayWatch(base));
  const custodian = stack.use(new Custodian({ ...base, remote }));
  const follower = stack.use(new UpgradeFollower({ ...base, remote }));
  stack.defer(store.feed.subscribe((batch) => {
    for (const part of [follower, granter, stays, custodian]) part.take(batch);
  }));
  const shared = {
    serverName,
    rooms: residentRooms(base),
    vouchers: guildVouchers(base),
    links: linksForOthers(base),
    owners,
    ingest: inbound.ingest,
    keys,
    verifier,
    signer,
    clock: system.clock,
  };
  return {
    remote,
    owners,
    ...relationshipParts(base, remote, bus),
    handlers: [
      makeMembershipHandler(shared),
      sendMembershipHandler(shared),
      lookAtLinkHandler(shared),
      redeemLinkHandler(shared),
      inviteHandler({ ...shared, desk: new StoredInviteDesk({ ...base, remote }) }),
      offerOwnerHandler(shared),
      takeOwnerHandler(shared),
      signOwnerHandler(shared),
      offerHandler({ serverName, desk: stack.use(new JoiningOfferDesk({ ...base, remote })) }),
    ],
  };
}

function relationshipParts(base: ChatParts["deps"], remote: RemoteRooms, bus: Bus) {
  const announceRelationship = (notice: RelationshipNotice) =>
    publishRelationshipNotice(bus, notice);
  const deps = { ...base, remote, announceRelationship };
  const hear: EduShow["relationship"] = (said) => hearRelationship(deps, said);
  return { announceRelationship, hearRelationship: hear };
}

/** Of an account that has ended its friends on other servers are told. */
function wakeForEnded(bus: Bus, log: Log, jobs: Pick<MembershipJobs, "wake">): () => void {
  return subscribeAccountEvents({ bus, log }, (event) => {
    if (event.kind === "sessions_revoked" && event.session_ids === null) jobs.wake();
  });
}
