import type { Route } from "../route.ts";
import type { ChatRouteDeps } from "./chat_route_deps.ts";
import { webhookRoutes } from "./webhooks/routes.ts";
import { membershipRoutes } from "./membership_routes.ts";
import { notifyRoutes } from "./notify/routes.ts";
import { pushRoutes } from "./push/routes.ts";
import { relationshipRoutes } from "./relationships/routes.ts";
import { otherServerRoutes } from "./admin/federation/routes.ts";
import { adminDeleteGuildRoute } from "./admin/guilds/delete.ts";
import { adminGetGuildRoute } from "./admin/guilds/get.ts";
import { adminListUserGuildsRoute } from "./admin/users/guilds.ts";
import { adminListGuildsRoute } from "./admin/guilds/list.ts";
import { createChannelRoute } from "./channels/create.ts";
import { closeDmRoute } from "./dms/close.ts";
import { groupDmRoutes } from "./dms/groups.ts";
import { leaveDmRoute } from "./dms/leave.ts";
import { listDmsRoute } from "./dms/list.ts";
import { openDmRoute } from "./dms/open.ts";
import { createGuildRoute } from "./guilds/create.ts";
import { listAuditRoute } from "./guilds/guild/audit.ts";
import { banMemberRoute } from "./guilds/guild/bans/create.ts";
import { unbanMemberRoute } from "./guilds/guild/bans/delete.ts";
import { listBansRoute } from "./guilds/guild/bans/list.ts";
import { orderChannelsRoute } from "./guilds/guild/channels.ts";
import { deleteGuildRoute } from "./guilds/guild/delete.ts";
import { viewAsRoute } from "./guilds/guild/view_as.ts";
import { explainPermissionRoute } from "./guilds/guild/explain.ts";
import { getGuildRoute } from "./guilds/guild/get.ts";
import { listInvitesRoute } from "./guilds/guild/invites.ts";
import { leaveGuildRoute } from "./guilds/guild/leave.ts";
import { getMemberRoute } from "./guilds/guild/members/get.ts";
import { kickMemberRoute } from "./guilds/guild/members/kick.ts";
import { listMembersRoute } from "./guilds/guild/members/list.ts";
import { updateMemberRoute } from "./guilds/guild/members/update.ts";
import { transferGuildRoute } from "./guilds/guild/owner.ts";
import { deleteRoleRoute } from "./guilds/guild/roles/delete.ts";
import { previewPermissionsRoute } from "./guilds/guild/permissions/preview.ts";
import { updateRoleMembersRoute } from "./guilds/guild/roles/members.ts";
import { orderRolesRoute } from "./guilds/guild/roles/order.ts";
import { updateRoleRoute } from "./guilds/guild/roles/update.ts";
import { discoverRoutes } from "./discover/routes.ts";
import { emojiRoutes } from "./guilds/guild/emoji.ts";
import { setWelcomeRoute } from "./guilds/guild/welcome.ts";
import { templateRoutes } from "./templates/routes.ts";
import { updateGuildRoute } from "./guilds/guild/update.ts";
import { listGuildsRoute } from "./guilds/list.ts";
import { listMentionsRoute } from "./inbox/mentions.ts";
import { inviteUserRoute } from "./invite.ts";
import { createInviteRoute } from "./invites/create.ts";
import { acceptInviteRoute } from "./invites/invite/accept.ts";
import { getInviteRoute } from "./invites/invite/get.ts";
import { revokeInviteRoute } from "./invites/invite/revoke.ts";
import { addReactionRoute } from "./reactions/add.ts";
import { removeReactionRoute } from "./reactions/remove.ts";
import { redactMessagesRoute } from "./redact.ts";
import { reportRoutes } from "./reports/routes.ts";
import { createRoleRoute } from "./roles/create.ts";
import { deleteChannelRoute } from "./rooms/room/channels/delete.ts";
import { getChannelRoute } from "./rooms/room/channels/get.ts";
import { updateChannelRoute } from "./rooms/room/channels/update.ts";
import { getDeliveryRoute } from "./rooms/room/events/delivery.ts";
import { joinPrivateChannelRoute } from "./rooms/room/join.ts";
import { editMessageRoute } from "./rooms/room/messages/edit.ts";
import { getMessageRoute } from "./rooms/room/messages/get.ts";
import { listMessagesRoute } from "./rooms/room/messages/list.ts";
import { listReactorsRoute } from "./rooms/room/messages/reactors.ts";
import { listPinsRoute } from "./rooms/room/pins/list.ts";
import { removePreviewsRoute } from "./rooms/room/messages/remove_previews.ts";
import { pinMessageRoute } from "./rooms/room/pins/set.ts";
import { pollRoutes } from "./rooms/room/polls/routes.ts";
import { readRoutes } from "./rooms/room/read.ts";
import { searchMessagesRoute } from "./rooms/room/search.ts";
import { sendMessageRoute } from "./rooms/room/send.ts";
import { threadRoutes } from "./rooms/room/threads/routes.ts";
import { sendTypingRoute } from "./rooms/room/typing.ts";

/** Guilds, channels, members, invites, messages and conversations. */
export function chatRoutes(deps: ChatRouteDeps): Route[] {
  return [
    ...membershipRoutes(deps),
    ...relationshipRoutes(deps),
    ...notifyRoutes(deps),
    ...pushRoutes(deps),
    ...webhookRoutes(deps),
    ...groupDmRoutes(deps),
    ...reportRoutes(deps),
    ...otherServerRoutes(deps),
    ...adminGuildRoutes(deps),
    createChannelRoute(deps),
    listDmsRoute(deps),
    openDmRoute(deps),
    closeDmRoute(deps),
    leaveDmRoute(deps),
    createGuildRoute(deps),
    listAuditRoute(deps),
    banMemberRoute(deps),
    unbanMemberRoute(deps),
    listBansRoute(deps),
    orderChannelsRoute(deps),
    deleteGuildRoute(deps),
    explainPermissionRoute(deps),
    getGuildRoute(deps),
    listInvitesRoute(deps),
    leaveGuildRoute(deps),
    getMemberRoute(deps),
    kickMemberRoute(deps),
    listMembersRoute(deps),
    updateMemberRoute(deps),
    transferGuildRoute(deps),
    previewPermissionsRoute(deps),
    viewAsRoute(deps),
    updateGuildRoute(deps),
    ...emojiRoutes(deps),
    setWelcomeRoute(deps),
    ...templateRoutes(deps),
    ...discoverRoutes(deps),
    ...roleRoutes(deps),
    listGuildsRoute(deps),
    inviteUserRoute(deps),
    listMentionsRoute(deps),
    createInviteRoute(deps),
    acceptInviteRoute(deps),
    getInviteRoute(deps),
    revokeInviteRoute(deps),
    addReactionRoute(deps),
    removeReactionRoute(deps),
    redactMessagesRoute(deps),
    deleteChannelRoute(deps),
    getChannelRoute(deps),
    updateChannelRoute(deps),
    joinPrivateChannelRoute(deps),
    getDeliveryRoute(deps),
    editMessageRoute(deps),
    getMessageRoute(deps),
    listMessagesRoute(deps),
    searchMessagesRoute(deps),
    listPinsRoute(deps),
    listReactorsRoute(deps),
    removePreviewsRoute(deps),
    pinMessageRoute(deps),
    ...pollRoutes(deps),
    ...threadRoutes(deps),
    ...readRoutes(deps),
    sendMessageRoute(deps),
    sendTypingRoute(deps),
  ];
}

function adminGuildRoutes(deps: ChatRouteDeps): Route[] {
  return [
    adminDeleteGuildRoute(deps),
    adminGetGuildRoute(deps),
    adminListGuildsRoute(deps),
    adminListUserGuildsRoute(deps),
  ];
}

function roleRoutes(deps: ChatRouteDeps): Route[] {
  return [
    deleteRoleRoute(deps),
    orderRolesRoute(deps),
    updateRoleMembersRoute(deps),
    updateRoleRoute(deps),
    createRoleRoute(deps),
  ];
}
