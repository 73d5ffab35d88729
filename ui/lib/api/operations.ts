// Written by ui/dev.ts from core/api. Do not edit.
import type * as access_tokens from "../../../core/api/access_tokens.ts";
import type * as account from "../../../core/api/account.ts";
import type * as admin from "../../../core/api/admin.ts";
import type * as admin_federation from "../../../core/api/admin_federation.ts";
import type * as admin_guilds from "../../../core/api/admin_guilds.ts";
import type * as admin_server from "../../../core/api/admin_server.ts";
import type * as channels from "../../../core/api/channels.ts";
import type * as data_export from "../../../core/api/data_export.ts";
import type * as delivery from "../../../core/api/delivery.ts";
import type * as digest from "../../../core/api/digest.ts";
import type * as discover from "../../../core/api/discover.ts";
import type * as dms from "../../../core/api/dms.ts";
import type * as e2ee_backup from "../../../core/api/e2ee_backup.ts";
import type * as e2ee_devices from "../../../core/api/e2ee_devices.ts";
import type * as e2ee_groups from "../../../core/api/e2ee_groups.ts";
import type * as e2ee_keys from "../../../core/api/e2ee_keys.ts";
import type * as email from "../../../core/api/email.ts";
import type * as emoji from "../../../core/api/emoji.ts";
import type * as erasure from "../../../core/api/erasure.ts";
import type * as group_dms from "../../../core/api/group_dms.ts";
import type * as guild_servers from "../../../core/api/guild_servers.ts";
import type * as guilds from "../../../core/api/guilds.ts";
import type * as inbox from "../../../core/api/inbox.ts";
import type * as invitations from "../../../core/api/invitations.ts";
import type * as invites from "../../../core/api/invites.ts";
import type * as links from "../../../core/api/links.ts";
import type * as media from "../../../core/api/media.ts";
import type * as messages from "../../../core/api/messages.ts";
import type * as notify from "../../../core/api/notify.ts";
import type * as oidc from "../../../core/api/oidc.ts";
import type * as own_style from "../../../core/api/own_style.ts";
import type * as owner_offers from "../../../core/api/owner_offers.ts";
import type * as passkeys from "../../../core/api/passkeys.ts";
import type * as people from "../../../core/api/people.ts";
import type * as polls from "../../../core/api/polls.ts";
import type * as preferences from "../../../core/api/preferences.ts";
import type * as preview from "../../../core/api/preview.ts";
import type * as push from "../../../core/api/push.ts";
import type * as quiet from "../../../core/api/quiet.ts";
import type * as registrations from "../../../core/api/registrations.ts";
import type * as relationships from "../../../core/api/relationships.ts";
import type * as reports from "../../../core/api/reports.ts";
import type * as ringing from "../../../core/api/ringing.ts";
import type * as search from "../../../core/api/search.ts";
import type * as second_factor from "../../../core/api/second_factor.ts";
import type * as sync from "../../../core/api/sync.ts";
import type * as templates from "../../../core/api/templates.ts";
import type * as threads from "../../../core/api/threads.ts";
import type * as voice from "../../../core/api/voice.ts";
import type * as webhooks from "../../../core/api/webhooks.ts";
import type * as welcome from "../../../core/api/welcome.ts";

/** Method and path of each operation of the client API. */
export const OPERATIONS = {
  createAccessToken: ["POST", "/client/v1/account/tokens"],
  listAccessTokens: ["GET", "/client/v1/account/tokens"],
  revokeAccessToken: ["DELETE", "/client/v1/account/tokens/:token_id"],
  changePassword: ["POST", "/client/v1/account/password"],
  checkUserName: ["GET", "/client/v1/user-names/:user_name"],
  deactivateAccount: ["POST", "/client/v1/account/deactivate"],
  getAccount: ["GET", "/client/v1/account"],
  getJoinToken: ["GET", "/client/v1/join-tokens/:code"],
  getReset: ["GET", "/client/v1/reset/:token"],
  getServer: ["GET", "/client/v1/server"],
  getUser: ["GET", "/client/v1/users/:user_id"],
  listMutualGuilds: ["GET", "/client/v1/users/:user_id/mutual-guilds"],
  listSessions: ["GET", "/client/v1/sessions"],
  login: ["POST", "/client/v1/login"],
  logout: ["POST", "/client/v1/logout"],
  ratePassword: ["POST", "/client/v1/account/password/rating"],
  refresh: ["POST", "/client/v1/refresh"],
  register: ["POST", "/client/v1/register"],
  resetPassword: ["POST", "/client/v1/reset/:token"],
  revokeOtherSessions: ["DELETE", "/client/v1/sessions"],
  revokeSession: ["DELETE", "/client/v1/sessions/:session_id"],
  setLanguage: ["PUT", "/client/v1/account/language"],
  setPresence: ["PUT", "/client/v1/account/presence"],
  updateProfile: ["PATCH", "/client/v1/account"],
  adminCreateToken: ["POST", "/client/v1/admin/registration-tokens"],
  adminCreateUser: ["POST", "/client/v1/admin/users"],
  adminDeactivateUser: ["POST", "/client/v1/admin/users/:user_id/deactivate"],
  adminGetSettings: ["GET", "/client/v1/admin/settings"],
  adminGetUser: ["GET", "/client/v1/admin/users/:user_id"],
  adminListAudit: ["GET", "/client/v1/admin/audit"],
  adminListKeys: ["GET", "/client/v1/admin/keys"],
  adminListTokens: ["GET", "/client/v1/admin/registration-tokens"],
  adminListUsers: ["GET", "/client/v1/admin/users"],
  adminLockUser: ["PUT", "/client/v1/admin/users/:user_id/lock"],
  adminResetLink: ["POST", "/client/v1/admin/users/:user_id/reset-link"],
  adminResetSecondFactor: ["DELETE", "/client/v1/admin/users/:user_id/second-factor"],
  adminRevokeSessions: ["DELETE", "/client/v1/admin/users/:user_id/sessions"],
  adminRevokeToken: ["DELETE", "/client/v1/admin/registration-tokens/:token_id"],
  adminRotateKey: ["POST", "/client/v1/admin/keys/rotate"],
  adminSetAdministrator: ["PUT", "/client/v1/admin/users/:user_id/administrator"],
  adminSuspendUser: ["PUT", "/client/v1/admin/users/:user_id/suspend"],
  adminUpdateSettings: ["PATCH", "/client/v1/admin/settings"],
  adminGetDestination: ["GET", "/client/v1/admin/federation/:server"],
  adminListDestinations: ["GET", "/client/v1/admin/federation"],
  adminListInboundEvents: ["GET", "/client/v1/admin/federation/events"],
  adminPauseDestination: ["POST", "/client/v1/admin/federation/:server/pause"],
  adminResumeDestination: ["POST", "/client/v1/admin/federation/:server/resume"],
  adminRetryDestination: ["POST", "/client/v1/admin/federation/:server/retry"],
  adminTestServer: ["POST", "/client/v1/admin/federation/:server/test"],
  adminDeleteGuild: ["DELETE", "/client/v1/admin/guilds/:guild_id"],
  adminGetGuild: ["GET", "/client/v1/admin/guilds/:guild_id"],
  adminListGuilds: ["GET", "/client/v1/admin/guilds"],
  adminListUserGuilds: ["GET", "/client/v1/admin/users/:user_id/guilds"],
  adminGetConfiguration: ["GET", "/client/v1/admin/configuration"],
  adminGetDoctor: ["GET", "/client/v1/admin/doctor"],
  adminGetFigures: ["GET", "/client/v1/admin/figures"],
  adminGetOverview: ["GET", "/client/v1/admin/overview"],
  adminRunDoctor: ["POST", "/client/v1/admin/doctor"],
  createChannel: ["POST", "/client/v1/channels"],
  deleteChannel: ["DELETE", "/client/v1/rooms/:room_id/channels/:channel_id"],
  getChannel: ["GET", "/client/v1/rooms/:room_id/channels/:channel_id"],
  joinPrivateChannel: ["POST", "/client/v1/rooms/:room_id/join"],
  orderChannels: ["PUT", "/client/v1/guilds/:guild_id/channels"],
  updateChannel: ["PATCH", "/client/v1/rooms/:room_id/channels/:channel_id"],
  beginExport: ["POST", "/client/v1/account/export"],
  deleteExport: ["DELETE", "/client/v1/account/export"],
  downloadExport: ["GET", "/client/v1/account/export/file"],
  getExport: ["GET", "/client/v1/account/export"],
  getDelivery: ["GET", "/client/v1/rooms/:room_id/events/:event_id/delivery"],
  getDigest: ["GET", "/client/v1/account/digest"],
  getDigestStop: ["GET", "/client/v1/digest/stop/:token"],
  setDigest: ["PUT", "/client/v1/account/digest"],
  stopDigest: ["POST", "/client/v1/digest/stop/:token"],
  discoverGuilds: ["GET", "/client/v1/discover"],
  getListing: ["GET", "/client/v1/guilds/:guild_id/listing"],
  setListing: ["PUT", "/client/v1/guilds/:guild_id/listing"],
  closeDm: ["POST", "/client/v1/dms/:room_id/close"],
  leaveDm: ["POST", "/client/v1/dms/:room_id/leave"],
  listDms: ["GET", "/client/v1/dms"],
  openDm: ["POST", "/client/v1/dms"],
  deleteBackup: ["DELETE", "/client/v1/backup"],
  getBackup: ["GET", "/client/v1/backup"],
  listBackupChunks: ["GET", "/client/v1/backup/chunks"],
  putBackup: ["PUT", "/client/v1/backup"],
  putBackupChunk: ["PUT", "/client/v1/backup/chunks/:seq"],
  deleteToDevice: ["DELETE", "/client/v1/to-device/:id"],
  listDevices: ["GET", "/client/v1/devices"],
  listToDevice: ["GET", "/client/v1/to-device"],
  publishIdentity: ["PUT", "/client/v1/identity"],
  queryIdentities: ["POST", "/client/v1/identities"],
  registerDevice: ["PUT", "/client/v1/devices/:device_id"],
  removeDevice: ["DELETE", "/client/v1/devices/:device_id"],
  renameDevice: ["PATCH", "/client/v1/devices/:device_id"],
  sendToDevice: ["POST", "/client/v1/to-device"],
  ackWelcome: ["DELETE", "/client/v1/welcomes/:welcome_id"],
  createGroup: ["POST", "/client/v1/rooms/:room_id/group"],
  enableEncryption: ["POST", "/client/v1/rooms/:room_id/encryption"],
  getGroup: ["GET", "/client/v1/rooms/:room_id/group"],
  listCommits: ["GET", "/client/v1/rooms/:room_id/group/commits"],
  listSealed: ["GET", "/client/v1/rooms/:room_id/sealed"],
  listSequencerKeys: ["GET", "/client/v1/rooms/:room_id/group/keys"],
  listWelcomes: ["GET", "/client/v1/welcomes"],
  reportEncryptionFailures: ["POST", "/client/v1/encryption/failures"],
  sendCommit: ["POST", "/client/v1/rooms/:room_id/group/commits"],
  claimKeyPackages: ["POST", "/client/v1/rooms/:room_id/key-packages"],
  countKeyPackages: ["GET", "/client/v1/key-packages"],
  uploadKeyPackages: ["PUT", "/client/v1/key-packages"],
  askReset: ["POST", "/client/v1/reset"],
  dropEmailClaim: ["DELETE", "/client/v1/account/email/waiting"],
  getEmail: ["GET", "/client/v1/account/email"],
  getEmailClaim: ["GET", "/client/v1/email/:token"],
  removeEmail: ["DELETE", "/client/v1/account/email"],
  setEmail: ["PUT", "/client/v1/account/email"],
  verifyEmail: ["POST", "/client/v1/email/:token"],
  addEmoji: ["PUT", "/client/v1/guilds/:guild_id/emoji/:name"],
  removeEmoji: ["DELETE", "/client/v1/guilds/:guild_id/emoji/:name"],
  eraseOwnWords: ["POST", "/client/v1/account/erasures"],
  listErasures: ["GET", "/client/v1/account/erasures"],
  addGroupPeople: ["POST", "/client/v1/group-dms/:room_id/people"],
  createGroupDm: ["POST", "/client/v1/group-dms"],
  removeGroupPerson: ["DELETE", "/client/v1/group-dms/:room_id/people/:user_id"],
  transferGroupDm: ["POST", "/client/v1/group-dms/:room_id/owner"],
  updateGroupDm: ["PATCH", "/client/v1/group-dms/:room_id"],
  getGuildServers: ["GET", "/client/v1/guilds/:guild_id/servers"],
  setGuildServers: ["PUT", "/client/v1/guilds/:guild_id/servers"],
  banMember: ["PUT", "/client/v1/guilds/:guild_id/bans/:user_id"],
  createGuild: ["POST", "/client/v1/guilds"],
  createRole: ["POST", "/client/v1/roles"],
  deleteGuild: ["DELETE", "/client/v1/guilds/:guild_id"],
  deleteRole: ["DELETE", "/client/v1/guilds/:guild_id/roles/:role_id"],
  explainPermission: ["GET", "/client/v1/guilds/:guild_id/explain"],
  getGuild: ["GET", "/client/v1/guilds/:guild_id"],
  getMember: ["GET", "/client/v1/guilds/:guild_id/members/:user_id"],
  kickMember: ["DELETE", "/client/v1/guilds/:guild_id/members/:user_id"],
  leaveGuild: ["POST", "/client/v1/guilds/:guild_id/leave"],
  listAudit: ["GET", "/client/v1/guilds/:guild_id/audit"],
  listBans: ["GET", "/client/v1/guilds/:guild_id/bans"],
  listGuilds: ["GET", "/client/v1/guilds"],
  listMembers: ["GET", "/client/v1/guilds/:guild_id/members"],
  orderRoles: ["PUT", "/client/v1/guilds/:guild_id/roles"],
  previewPermissions: ["POST", "/client/v1/guilds/:guild_id/permissions/preview"],
  transferGuild: ["POST", "/client/v1/guilds/:guild_id/owner"],
  unbanMember: ["DELETE", "/client/v1/guilds/:guild_id/bans/:user_id"],
  updateGuild: ["PATCH", "/client/v1/guilds/:guild_id"],
  updateMember: ["PATCH", "/client/v1/guilds/:guild_id/members/:user_id"],
  updateRole: ["PATCH", "/client/v1/guilds/:guild_id/roles/:role_id"],
  updateRoleMembers: ["PATCH", "/client/v1/guilds/:guild_id/roles/:role_id/members"],
  upgradeGuild: ["POST", "/client/v1/guilds/:guild_id/upgrade"],
  viewAs: ["GET", "/client/v1/guilds/:guild_id/view_as"],
  listMentions: ["GET", "/client/v1/account/mentions"],
  acceptInvitation: ["POST", "/client/v1/invitations/:room_id/accept"],
  declineInvitation: ["DELETE", "/client/v1/invitations/:room_id"],
  knock: ["POST", "/client/v1/rooms/:room_id/knock"],
  listInvitations: ["GET", "/client/v1/invitations"],
  listKnocks: ["GET", "/client/v1/guilds/:guild_id/knocks"],
  acceptInvite: ["POST", "/client/v1/invites/:code/accept"],
  createInvite: ["POST", "/client/v1/invites"],
  getInvite: ["GET", "/client/v1/invites/:code"],
  inviteUser: ["POST", "/client/v1/invite"],
  listInvites: ["GET", "/client/v1/guilds/:guild_id/invites"],
  revokeInvite: ["DELETE", "/client/v1/invites/:code"],
  joinByLink: ["POST", "/client/v1/join"],
  lookAtLink: ["GET", "/client/v1/links/look"],
  adminMediaUsage: ["GET", "/client/v1/admin/media/usage"],
  adminPurgeMedia: ["POST", "/client/v1/admin/media/purge"],
  deleteMedia: ["DELETE", "/client/v1/media/:server/:media_id"],
  downloadMedia: ["GET", "/client/v1/media/:server/:media_id"],
  downloadThumbnail: ["GET", "/client/v1/media/:server/:media_id/thumbnail"],
  getMediaUsage: ["GET", "/client/v1/media/usage"],
  uploadMedia: ["PUT", "/client/v1/media/upload"],
  addReaction: ["POST", "/client/v1/reactions"],
  editMessage: ["PATCH", "/client/v1/rooms/:room_id/messages/:event_id"],
  getMessage: ["GET", "/client/v1/rooms/:room_id/messages/:event_id"],
  getRead: ["GET", "/client/v1/rooms/:room_id/read"],
  listMessages: ["GET", "/client/v1/rooms/:room_id/messages"],
  listPins: ["GET", "/client/v1/rooms/:room_id/pins"],
  listReactors: ["GET", "/client/v1/rooms/:room_id/messages/:event_id/reactors"],
  markRead: ["POST", "/client/v1/rooms/:room_id/read"],
  pinMessage: ["PUT", "/client/v1/rooms/:room_id/pins/:event_id"],
  redactMessages: ["POST", "/client/v1/redact"],
  removeReaction: ["DELETE", "/client/v1/reactions"],
  sendMessage: ["POST", "/client/v1/rooms/:room_id/send"],
  sendTyping: ["POST", "/client/v1/rooms/:room_id/typing"],
  listNotifySettings: ["GET", "/client/v1/account/notifications"],
  resetNotifySetting: ["POST", "/client/v1/account/notifications/reset"],
  setNotifySetting: ["PATCH", "/client/v1/account/notifications"],
  beginOidcLink: ["POST", "/client/v1/account/oidc/:provider/begin"],
  beginOidcLogin: ["POST", "/client/v1/login/oidc/:provider/begin"],
  finishOidc: ["POST", "/client/v1/login/oidc/finish"],
  finishOidcLink: ["POST", "/client/v1/account/oidc/finish"],
  listOidcLinks: ["GET", "/client/v1/account/oidc"],
  registerOidc: ["POST", "/client/v1/register/oidc"],
  removeOidcLink: ["DELETE", "/client/v1/account/oidc/:link_id"],
  getOwnStyle: ["GET", "/client/v1/account/style"],
  setOwnStyle: ["PUT", "/client/v1/account/style"],
  acceptOwnerOffer: ["POST", "/client/v1/owner-offers/:guild_id/accept"],
  declineOwnerOffer: ["DELETE", "/client/v1/owner-offers/:guild_id"],
  listOwnerOffers: ["GET", "/client/v1/owner-offers"],
  addPasskey: ["POST", "/client/v1/account/passkeys"],
  beginPasskey: ["POST", "/client/v1/account/passkeys/begin"],
  beginPasskeyConfirm: ["POST", "/client/v1/account/confirm/passkey"],
  beginPasskeyLogin: ["POST", "/client/v1/login/passkey/begin"],
  listPasskeys: ["GET", "/client/v1/account/passkeys"],
  passkeyLogin: ["POST", "/client/v1/login/passkey"],
  removePasskey: ["DELETE", "/client/v1/account/passkeys/:passkey_id"],
  renamePasskey: ["PATCH", "/client/v1/account/passkeys/:passkey_id"],
  findPeople: ["GET", "/client/v1/people"],
  createPoll: ["POST", "/client/v1/rooms/:room_id/polls"],
  endPoll: ["POST", "/client/v1/rooms/:room_id/polls/:event_id/end"],
  listVoters: ["GET", "/client/v1/rooms/:room_id/polls/:event_id/voters"],
  votePoll: ["PUT", "/client/v1/rooms/:room_id/polls/:event_id/vote"],
  getPreferences: ["GET", "/client/v1/account/preferences"],
  updatePreferences: ["PATCH", "/client/v1/account/preferences"],
  downloadPreviewPicture: ["GET", "/client/v1/previews/:preview_id/picture"],
  getPush: ["GET", "/client/v1/account/push"],
  getPushNote: ["GET", "/client/v1/account/push/note"],
  subscribePush: ["PUT", "/client/v1/account/push"],
  tryPush: ["POST", "/client/v1/account/push/try"],
  unsubscribePush: ["DELETE", "/client/v1/account/push/:session_id"],
  setQuiet: ["POST", "/client/v1/account/quiet"],
  adminApproveRegistration: ["POST", "/client/v1/admin/registrations/:registration_id/approve"],
  adminListRegistrations: ["GET", "/client/v1/admin/registrations"],
  adminRefuseRegistration: ["POST", "/client/v1/admin/registrations/:registration_id/refuse"],
  acceptFriend: ["POST", "/client/v1/relationships/:user_id/accept"],
  askFriend: ["POST", "/client/v1/relationships"],
  blockUser: ["PUT", "/client/v1/blocks/:user_id"],
  listRelationships: ["GET", "/client/v1/relationships"],
  removeFriend: ["DELETE", "/client/v1/relationships/:user_id"],
  unblockUser: ["DELETE", "/client/v1/blocks/:user_id"],
  adminCloseReport: ["POST", "/client/v1/admin/reports/:report_id/close"],
  adminListReports: ["GET", "/client/v1/admin/reports"],
  reportMessage: ["POST", "/client/v1/rooms/:room_id/messages/:event_id/report"],
  declineVoice: ["DELETE", "/client/v1/rooms/:room_id/channels/:channel_id/voice/ring"],
  forgetMissedCall: ["DELETE", "/client/v1/rooms/:room_id/channels/:channel_id/voice/missed"],
  ringVoice: ["POST", "/client/v1/rooms/:room_id/channels/:channel_id/voice/ring"],
  searchMessages: ["GET", "/client/v1/rooms/:room_id/search"],
  beginTotp: ["POST", "/client/v1/account/second-factor/totp"],
  confirmIdentity: ["POST", "/client/v1/account/confirm"],
  confirmTotp: ["POST", "/client/v1/account/second-factor/totp/confirm"],
  finishLogin: ["POST", "/client/v1/login/second-factor"],
  getSecondFactor: ["GET", "/client/v1/account/second-factor"],
  removeTotp: ["POST", "/client/v1/account/second-factor/totp/remove"],
  renewRecoveryCodes: ["POST", "/client/v1/account/second-factor/recovery-codes"],
  events: ["GET", "/client/v1/events"],
  sync: ["GET", "/client/v1/sync"],
  checkTemplate: ["POST", "/client/v1/templates/check"],
  createTemplate: ["POST", "/client/v1/guilds/:guild_id/templates"],
  deleteTemplate: ["DELETE", "/client/v1/guilds/:guild_id/templates/:code"],
  getTemplate: ["GET", "/client/v1/templates/:code"],
  listTemplates: ["GET", "/client/v1/guilds/:guild_id/templates"],
  updateTemplate: ["PUT", "/client/v1/guilds/:guild_id/templates/:code"],
  useTemplate: ["POST", "/client/v1/templates/use"],
  followThread: ["PUT", "/client/v1/rooms/:room_id/threads/:event_id/follow"],
  getThread: ["GET", "/client/v1/rooms/:room_id/threads/:event_id"],
  listThreads: ["GET", "/client/v1/rooms/:room_id/threads"],
  updateThread: ["PATCH", "/client/v1/rooms/:room_id/threads/:event_id"],
  answerVoice: ["POST", "/client/v1/voice/sessions/:session/answer"],
  commitVoiceGroup: ["POST", "/client/v1/voice/sessions/:session/group/commits"],
  foundVoiceGroup: ["POST", "/client/v1/voice/sessions/:session/group"],
  getVoiceSession: ["GET", "/client/v1/voice/sessions/:session"],
  joinVoice: ["POST", "/client/v1/rooms/:room_id/channels/:channel_id/voice/join"],
  leaveVoice: ["DELETE", "/client/v1/voice/sessions/:session"],
  moderateVoice: [
    "PATCH",
    "/client/v1/rooms/:room_id/channels/:channel_id/voice/participants/:user_id",
  ],
  readyVoiceGroup: ["POST", "/client/v1/voice/sessions/:session/group/ready"],
  restartVoice: ["POST", "/client/v1/voice/sessions/:session/restart"],
  updateVoice: ["PATCH", "/client/v1/voice/sessions/:session"],
  createWebhook: ["POST", "/client/v1/guilds/:guild_id/webhooks"],
  deleteWebhook: ["DELETE", "/client/v1/guilds/:guild_id/webhooks/:webhook_id"],
  deleteWebhookMessage: ["DELETE", "/client/v1/webhooks/:webhook_id/:secret/messages/:event_id"],
  editWebhookMessage: ["PATCH", "/client/v1/webhooks/:webhook_id/:secret/messages/:event_id"],
  listWebhooks: ["GET", "/client/v1/guilds/:guild_id/webhooks"],
  postGithubWebhook: ["POST", "/client/v1/webhooks/:webhook_id/:secret/github"],
  postSlackWebhook: ["POST", "/client/v1/webhooks/:webhook_id/:secret/slack"],
  postWebhook: ["POST", "/client/v1/webhooks/:webhook_id/:secret"],
  renewWebhook: ["POST", "/client/v1/guilds/:guild_id/webhooks/:webhook_id/renew"],
  updateWebhook: ["PATCH", "/client/v1/guilds/:guild_id/webhooks/:webhook_id"],
  setWelcome: ["PUT", "/client/v1/guilds/:guild_id/welcome"],
} as const;

/** The contract behind each of them. */
export interface OperationTypes {
  createAccessToken: typeof access_tokens.createAccessToken;
  listAccessTokens: typeof access_tokens.listAccessTokens;
  revokeAccessToken: typeof access_tokens.revokeAccessToken;
  changePassword: typeof account.changePassword;
  checkUserName: typeof account.checkUserName;
  deactivateAccount: typeof account.deactivateAccount;
  getAccount: typeof account.getAccount;
  getJoinToken: typeof account.getJoinToken;
  getReset: typeof account.getReset;
  getServer: typeof account.getServer;
  getUser: typeof account.getUser;
  listMutualGuilds: typeof account.listMutualGuilds;
  listSessions: typeof account.listSessions;
  login: typeof account.login;
  logout: typeof account.logout;
  ratePassword: typeof account.ratePassword;
  refresh: typeof account.refresh;
  register: typeof account.register;
  resetPassword: typeof account.resetPassword;
  revokeOtherSessions: typeof account.revokeOtherSessions;
  revokeSession: typeof account.revokeSession;
  setLanguage: typeof account.setLanguage;
  setPresence: typeof account.setPresence;
  updateProfile: typeof account.updateProfile;
  adminCreateToken: typeof admin.adminCreateToken;
  adminCreateUser: typeof admin.adminCreateUser;
  adminDeactivateUser: typeof admin.adminDeactivateUser;
  adminGetSettings: typeof admin.adminGetSettings;
  adminGetUser: typeof admin.adminGetUser;
  adminListAudit: typeof admin.adminListAudit;
  adminListKeys: typeof admin.adminListKeys;
  adminListTokens: typeof admin.adminListTokens;
  adminListUsers: typeof admin.adminListUsers;
  adminLockUser: typeof admin.adminLockUser;
  adminResetLink: typeof admin.adminResetLink;
  adminResetSecondFactor: typeof admin.adminResetSecondFactor;
  adminRevokeSessions: typeof admin.adminRevokeSessions;
  adminRevokeToken: typeof admin.adminRevokeToken;
  adminRotateKey: typeof admin.adminRotateKey;
  adminSetAdministrator: typeof admin.adminSetAdministrator;
  adminSuspendUser: typeof admin.adminSuspendUser;
  adminUpdateSettings: typeof admin.adminUpdateSettings;
  adminGetDestination: typeof admin_federation.adminGetDestination;
  adminListDestinations: typeof admin_federation.adminListDestinations;
  adminListInboundEvents: typeof admin_federation.adminListInboundEvents;
  adminPauseDestination: typeof admin_federation.adminPauseDestination;
  adminResumeDestination: typeof admin_federation.adminResumeDestination;
  adminRetryDestination: typeof admin_federation.adminRetryDestination;
  adminTestServer: typeof admin_federation.adminTestServer;
  adminDeleteGuild: typeof admin_guilds.adminDeleteGuild;
  adminGetGuild: typeof admin_guilds.adminGetGuild;
  adminListGuilds: typeof admin_guilds.adminListGuilds;
  adminListUserGuilds: typeof admin_guilds.adminListUserGuilds;
  adminGetConfiguration: typeof admin_server.adminGetConfiguration;
  adminGetDoctor: typeof admin_server.adminGetDoctor;
  adminGetFigures: typeof admin_server.adminGetFigures;
  adminGetOverview: typeof admin_server.adminGetOverview;
  adminRunDoctor: typeof admin_server.adminRunDoctor;
  createChannel: typeof channels.createChannel;
  deleteChannel: typeof channels.deleteChannel;
  getChannel: typeof channels.getChannel;
  joinPrivateChannel: typeof channels.joinPrivateChannel;
  orderChannels: typeof channels.orderChannels;
  updateChannel: typeof channels.updateChannel;
  beginExport: typeof data_export.beginExport;
  deleteExport: typeof data_export.deleteExport;
  downloadExport: typeof data_export.downloadExport;
  getExport: typeof data_export.getExport;
  getDelivery: typeof delivery.getDelivery;
  getDigest: typeof digest.getDigest;
  getDigestStop: typeof digest.getDigestStop;
  setDigest: typeof digest.setDigest;
  stopDigest: typeof digest.stopDigest;
  discoverGuilds: typeof discover.discoverGuilds;
  getListing: typeof discover.getListing;
  setListing: typeof discover.setListing;
  closeDm: typeof dms.closeDm;
  leaveDm: typeof dms.leaveDm;
  listDms: typeof dms.listDms;
  openDm: typeof dms.openDm;
  deleteBackup: typeof e2ee_backup.deleteBackup;
  getBackup: typeof e2ee_backup.getBackup;
  listBackupChunks: typeof e2ee_backup.listBackupChunks;
  putBackup: typeof e2ee_backup.putBackup;
  putBackupChunk: typeof e2ee_backup.putBackupChunk;
  deleteToDevice: typeof e2ee_devices.deleteToDevice;
  listDevices: typeof e2ee_devices.listDevices;
  listToDevice: typeof e2ee_devices.listToDevice;
  publishIdentity: typeof e2ee_devices.publishIdentity;
  queryIdentities: typeof e2ee_devices.queryIdentities;
  registerDevice: typeof e2ee_devices.registerDevice;
  removeDevice: typeof e2ee_devices.removeDevice;
  renameDevice: typeof e2ee_devices.renameDevice;
  sendToDevice: typeof e2ee_devices.sendToDevice;
  ackWelcome: typeof e2ee_groups.ackWelcome;
  createGroup: typeof e2ee_groups.createGroup;
  enableEncryption: typeof e2ee_groups.enableEncryption;
  getGroup: typeof e2ee_groups.getGroup;
  listCommits: typeof e2ee_groups.listCommits;
  listSealed: typeof e2ee_groups.listSealed;
  listSequencerKeys: typeof e2ee_groups.listSequencerKeys;
  listWelcomes: typeof e2ee_groups.listWelcomes;
  reportEncryptionFailures: typeof e2ee_groups.reportEncryptionFailures;
  sendCommit: typeof e2ee_groups.sendCommit;
  claimKeyPackages: typeof e2ee_keys.claimKeyPackages;
  countKeyPackages: typeof e2ee_keys.countKeyPackages;
  uploadKeyPackages: typeof e2ee_keys.uploadKeyPackages;
  askReset: typeof email.askReset;
  dropEmailClaim: typeof email.dropEmailClaim;
  getEmail: typeof email.getEmail;
  getEmailClaim: typeof email.getEmailClaim;
  removeEmail: typeof email.removeEmail;
  setEmail: typeof email.setEmail;
  verifyEmail: typeof email.verifyEmail;
  addEmoji: typeof emoji.addEmoji;
  removeEmoji: typeof emoji.removeEmoji;
  eraseOwnWords: typeof erasure.eraseOwnWords;
  listErasures: typeof erasure.listErasures;
  addGroupPeople: typeof group_dms.addGroupPeople;
  createGroupDm: typeof group_dms.createGroupDm;
  removeGroupPerson: typeof group_dms.removeGroupPerson;
  transferGroupDm: typeof group_dms.transferGroupDm;
  updateGroupDm: typeof group_dms.updateGroupDm;
  getGuildServers: typeof guild_servers.getGuildServers;
  setGuildServers: typeof guild_servers.setGuildServers;
  banMember: typeof guilds.banMember;
  createGuild: typeof guilds.createGuild;
  createRole: typeof guilds.createRole;
  deleteGuild: typeof guilds.deleteGuild;
  deleteRole: typeof guilds.deleteRole;
  explainPermission: typeof guilds.explainPermission;
  getGuild: typeof guilds.getGuild;
  getMember: typeof guilds.getMember;
  kickMember: typeof guilds.kickMember;
  leaveGuild: typeof guilds.leaveGuild;
  listAudit: typeof guilds.listAudit;
  listBans: typeof guilds.listBans;
  listGuilds: typeof guilds.listGuilds;
  listMembers: typeof guilds.listMembers;
  orderRoles: typeof guilds.orderRoles;
  previewPermissions: typeof guilds.previewPermissions;
  transferGuild: typeof guilds.transferGuild;
  unbanMember: typeof guilds.unbanMember;
  updateGuild: typeof guilds.updateGuild;
  updateMember: typeof guilds.updateMember;
  updateRole: typeof guilds.updateRole;
  updateRoleMembers: typeof guilds.updateRoleMembers;
  upgradeGuild: typeof guilds.upgradeGuild;
  viewAs: typeof guilds.viewAs;
  listMentions: typeof inbox.listMentions;
  acceptInvitation: typeof invitations.acceptInvitation;
  declineInvitation: typeof invitations.declineInvitation;
  knock: typeof invitations.knock;
  listInvitations: typeof invitations.listInvitations;
  listKnocks: typeof invitations.listKnocks;
  acceptInvite: typeof invites.acceptInvite;
  createInvite: typeof invites.createInvite;
  getInvite: typeof invites.getInvite;
  inviteUser: typeof invites.inviteUser;
  listInvites: typeof invites.listInvites;
  revokeInvite: typeof invites.revokeInvite;
  joinByLink: typeof links.joinByLink;
  lookAtLink: typeof links.lookAtLink;
  adminMediaUsage: typeof media.adminMediaUsage;
  adminPurgeMedia: typeof media.adminPurgeMedia;
  deleteMedia: typeof media.deleteMedia;
  downloadMedia: typeof media.downloadMedia;
  downloadThumbnail: typeof media.downloadThumbnail;
  getMediaUsage: typeof media.getMediaUsage;
  uploadMedia: typeof media.uploadMedia;
  addReaction: typeof messages.addReaction;
  editMessage: typeof messages.editMessage;
  getMessage: typeof messages.getMessage;
  getRead: typeof messages.getRead;
  listMessages: typeof messages.listMessages;
  listPins: typeof messages.listPins;
  listReactors: typeof messages.listReactors;
  markRead: typeof messages.markRead;
  pinMessage: typeof messages.pinMessage;
  redactMessages: typeof messages.redactMessages;
  removeReaction: typeof messages.removeReaction;
  sendMessage: typeof messages.sendMessage;
  sendTyping: typeof messages.sendTyping;
  listNotifySettings: typeof notify.listNotifySettings;
  resetNotifySetting: typeof notify.resetNotifySetting;
  setNotifySetting: typeof notify.setNotifySetting;
  beginOidcLink: typeof oidc.beginOidcLink;
  beginOidcLogin: typeof oidc.beginOidcLogin;
  finishOidc: typeof oidc.finishOidc;
  finishOidcLink: typeof oidc.finishOidcLink;
  listOidcLinks: typeof oidc.listOidcLinks;
  registerOidc: typeof oidc.registerOidc;
  removeOidcLink: typeof oidc.removeOidcLink;
  getOwnStyle: typeof own_style.getOwnStyle;
  setOwnStyle: typeof own_style.setOwnStyle;
  acceptOwnerOffer: typeof owner_offers.acceptOwnerOffer;
  declineOwnerOffer: typeof owner_offers.declineOwnerOffer;
  listOwnerOffers: typeof owner_offers.listOwnerOffers;
  addPasskey: typeof passkeys.addPasskey;
  beginPasskey: typeof passkeys.beginPasskey;
  beginPasskeyConfirm: typeof passkeys.beginPasskeyConfirm;
  beginPasskeyLogin: typeof passkeys.beginPasskeyLogin;
  listPasskeys: typeof passkeys.listPasskeys;
  passkeyLogin: typeof passkeys.passkeyLogin;
  removePasskey: typeof passkeys.removePasskey;
  renamePasskey: typeof passkeys.renamePasskey;
  findPeople: typeof people.findPeople;
  createPoll: typeof polls.createPoll;
  endPoll: typeof polls.endPoll;
  listVoters: typeof polls.listVoters;
  votePoll: typeof polls.votePoll;
  getPreferences: typeof preferences.getPreferences;
  updatePreferences: typeof preferences.updatePreferences;
  downloadPreviewPicture: typeof preview.downloadPreviewPicture;
  getPush: typeof push.getPush;
  getPushNote: typeof push.getPushNote;
  subscribePush: typeof push.subscribePush;
  tryPush: typeof push.tryPush;
  unsubscribePush: typeof push.unsubscribePush;
  setQuiet: typeof quiet.setQuiet;
  adminApproveRegistration: typeof registrations.adminApproveRegistration;
  adminListRegistrations: typeof registrations.adminListRegistrations;
  adminRefuseRegistration: typeof registrations.adminRefuseRegistration;
  acceptFriend: typeof relationships.acceptFriend;
  askFriend: typeof relationships.askFriend;
  blockUser: typeof relationships.blockUser;
  listRelationships: typeof relationships.listRelationships;
  removeFriend: typeof relationships.removeFriend;
  unblockUser: typeof relationships.unblockUser;
  adminCloseReport: typeof reports.adminCloseReport;
  adminListReports: typeof reports.adminListReports;
  reportMessage: typeof reports.reportMessage;
  declineVoice: typeof ringing.declineVoice;
  forgetMissedCall: typeof ringing.forgetMissedCall;
  ringVoice: typeof ringing.ringVoice;
  searchMessages: typeof search.searchMessages;
  beginTotp: typeof second_factor.beginTotp;
  confirmIdentity: typeof second_factor.confirmIdentity;
  confirmTotp: typeof second_factor.confirmTotp;
  finishLogin: typeof second_factor.finishLogin;
  getSecondFactor: typeof second_factor.getSecondFactor;
  removeTotp: typeof second_factor.removeTotp;
  renewRecoveryCodes: typeof second_factor.renewRecoveryCodes;
  events: typeof sync.events;
  sync: typeof sync.sync;
  checkTemplate: typeof templates.checkTemplate;
  createTemplate: typeof templates.createTemplate;
  deleteTemplate: typeof templates.deleteTemplate;
  getTemplate: typeof templates.getTemplate;
  listTemplates: typeof templates.listTemplates;
  updateTemplate: typeof templates.updateTemplate;
  useTemplate: typeof templates.useTemplate;
  followThread: typeof threads.followThread;
  getThread: typeof threads.getThread;
  listThreads: typeof threads.listThreads;
  updateThread: typeof threads.updateThread;
  answerVoice: typeof voice.answerVoice;
  commitVoiceGroup: typeof voice.commitVoiceGroup;
  foundVoiceGroup: typeof voice.foundVoiceGroup;
  getVoiceSession: typeof voice.getVoiceSession;
  joinVoice: typeof voice.joinVoice;
  leaveVoice: typeof voice.leaveVoice;
  moderateVoice: typeof voice.moderateVoice;
  readyVoiceGroup: typeof voice.readyVoiceGroup;
  restartVoice: typeof voice.restartVoice;
  updateVoice: typeof voice.updateVoice;
  createWebhook: typeof webhooks.createWebhook;
  deleteWebhook: typeof webhooks.deleteWebhook;
  deleteWebhookMessage: typeof webhooks.deleteWebhookMessage;
  editWebhookMessage: typeof webhooks.editWebhookMessage;
  listWebhooks: typeof webhooks.listWebhooks;
  postGithubWebhook: typeof webhooks.postGithubWebhook;
  postSlackWebhook: typeof webhooks.postSlackWebhook;
  postWebhook: typeof webhooks.postWebhook;
  renewWebhook: typeof webhooks.renewWebhook;
  updateWebhook: typeof webhooks.updateWebhook;
  setWelcome: typeof welcome.setWelcome;
}
