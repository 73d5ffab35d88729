import type { Route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";
import { confirmIdentityRoute } from "./account/confirm.ts";
import { deactivateAccountRoute } from "./account/deactivate.ts";
import { digestRoutes } from "./account/digest.ts";
import { ownEmailRoutes } from "./account/email.ts";
import { eraseOwnWordsRoute } from "./account/erasures/create.ts";
import { listErasuresRoute } from "./account/erasures/list.ts";
import { readErasuresRoute } from "./account/erasures/read.ts";
import { getAccountRoute } from "./account/get.ts";
import { setLanguageRoute } from "./account/language.ts";
import { changePasswordRoute } from "./account/password.ts";
import { ratePasswordRoute } from "./account/rate_password.ts";
import { oidcRoutes } from "./account/oidc.ts";
import { passkeyRoutes } from "./account/passkeys.ts";
import { getPreferencesRoute } from "./account/preferences/get.ts";
import { updatePreferencesRoute } from "./account/preferences/update.ts";
import { secondFactorRoutes } from "./account/second_factor.ts";
import { setPresenceRoute } from "./account/presence.ts";
import { setQuietRoute } from "./account/quiet.ts";
import { getOwnStyleRoute, setOwnStyleRoute } from "./account/style.ts";
import { updateProfileRoute } from "./account/update.ts";
import { accessTokenRoutes } from "./account/tokens.ts";
import { adminListAuditRoute } from "./admin/audit/list.ts";
import { adminListKeysRoute } from "./admin/keys/list.ts";
import { adminRotateKeyRoute } from "./admin/keys/rotate.ts";
import { registrationRoutes } from "./admin/registrations/routes.ts";
import { adminCreateTokenRoute } from "./admin/registration_tokens/create.ts";
import { adminListTokensRoute } from "./admin/registration_tokens/list.ts";
import { adminRevokeTokenRoute } from "./admin/registration_tokens/revoke.ts";
import { adminGetSettingsRoute } from "./admin/settings/get.ts";
import { adminUpdateSettingsRoute } from "./admin/settings/update.ts";
import { adminSetAdministratorRoute } from "./admin/users/administrator.ts";
import { adminCreateUserRoute } from "./admin/users/create.ts";
import { adminDeactivateUserRoute } from "./admin/users/deactivate.ts";
import { adminGetUserRoute } from "./admin/users/get.ts";
import { adminListUsersRoute } from "./admin/users/list.ts";
import { adminLockUserRoute } from "./admin/users/lock.ts";
import { adminResetLinkRoute } from "./admin/users/reset_link.ts";
import { adminResetSecondFactorRoute } from "./admin/users/reset_second_factor.ts";
import { adminRevokeSessionsRoute } from "./admin/users/revoke_sessions.ts";
import { adminSuspendUserRoute } from "./admin/users/suspend.ts";
import { emailClaimRoutes } from "./email/claim.ts";
import { finishLoginRoute } from "./finish_login.ts";
import { getJoinTokenRoute } from "./join_tokens/get.ts";
import { loginRoute } from "./login.ts";
import { logoutRoute } from "./logout.ts";
import { refreshRoute } from "./refresh.ts";
import { registerRoute } from "./register.ts";
import { askResetRoute } from "./reset/ask.ts";
import { getResetRoute } from "./reset/get.ts";
import { resetPasswordRoute } from "./reset/post.ts";
import { serverRoute } from "./server.ts";
import { listSessionsRoute } from "./sessions/list.ts";
import { revokeSessionRoute } from "./sessions/revoke.ts";
import { revokeOtherSessionsRoute } from "./sessions/revoke_others.ts";
import { checkUserNameRoute } from "./user_names/get.ts";
import { findPeopleRoute } from "./users/find_people.ts";
import { getUserRoute } from "./users/get.ts";
import { listMutualGuildsRoute } from "./users/mutual_guilds.ts";

/** Every route of accounts and of their administration. */
export function accountRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    confirmIdentityRoute(deps),
    deactivateAccountRoute(deps),
    ...digestRoutes(deps),
    eraseOwnWordsRoute(deps),
    listErasuresRoute(deps),
    readErasuresRoute(deps),
    ...accessTokenRoutes(deps),
    ...ownEmailRoutes(deps),
    ...emailClaimRoutes(deps),
    askResetRoute(deps),
    getAccountRoute(deps),
    changePasswordRoute(deps),
    ratePasswordRoute(deps),
    setLanguageRoute(deps),
    getPreferencesRoute(deps),
    updatePreferencesRoute(deps),
    setPresenceRoute(deps),
    setQuietRoute(deps),
    getOwnStyleRoute(deps),
    setOwnStyleRoute(deps),
    updateProfileRoute(deps),
    adminListAuditRoute(deps),
    adminListKeysRoute(deps),
    adminRotateKeyRoute(deps),
    ...registrationRoutes(deps),
    adminCreateTokenRoute(deps),
    adminListTokensRoute(deps),
    adminRevokeTokenRoute(deps),
    adminGetSettingsRoute(deps),
    adminUpdateSettingsRoute(deps),
    adminSetAdministratorRoute(deps),
    adminCreateUserRoute(deps),
    adminDeactivateUserRoute(deps),
    adminGetUserRoute(deps),
    adminListUsersRoute(deps),
    adminLockUserRoute(deps),
    adminResetLinkRoute(deps),
    adminResetSecondFactorRoute(deps),
    adminRevokeSessionsRoute(deps),
    adminSuspendUserRoute(deps),
    getJoinTokenRoute(deps),
    loginRoute(deps),
    finishLoginRoute(deps),
    ...passkeyRoutes(deps),
    ...oidcRoutes(deps),
    ...secondFactorRoutes(deps),
    logoutRoute(deps),
    refreshRoute(deps),
    registerRoute(deps),
    getResetRoute(deps),
    resetPasswordRoute(deps),
    serverRoute(deps),
    listSessionsRoute(deps),
    revokeSessionRoute(deps),
    revokeOtherSessionsRoute(deps),
    checkUserNameRoute(deps),
    getUserRoute(deps),
    findPeopleRoute(deps),
    listMutualGuildsRoute(deps),
  ];
}
