// Written by ui/dev.ts from the folders routes/ and islands/. Do not edit.
import type { Snapshot } from "./lib/fresh/types.ts";
import * as route0 from "./routes/_404.tsx";
import * as route1 from "./routes/_app.tsx";
import * as route2 from "./routes/_error.tsx";
import * as route3 from "./routes/_middleware.ts";
import * as route4 from "./routes/admin/audit.tsx";
import * as route5 from "./routes/admin/federation/events.tsx";
import * as route6 from "./routes/admin/federation/index.tsx";
import * as route7 from "./routes/admin/guilds/[guild].tsx";
import * as route8 from "./routes/admin/guilds/index.tsx";
import * as route9 from "./routes/admin/health.tsx";
import * as route10 from "./routes/admin/index.tsx";
import * as route11 from "./routes/admin/media.tsx";
import * as route12 from "./routes/admin/overview.tsx";
import * as route13 from "./routes/admin/registrations.tsx";
import * as route14 from "./routes/admin/reports.tsx";
import * as route15 from "./routes/admin/settings.tsx";
import * as route16 from "./routes/admin/tokens.tsx";
import * as route17 from "./routes/admin/users/[user].tsx";
import * as route18 from "./routes/admin/users/index.tsx";
import * as route19 from "./routes/ask/[room].tsx";
import * as route20 from "./routes/discover.tsx";
import * as route21 from "./routes/dm/[room]/[message].tsx";
import * as route22 from "./routes/dm/[room]/index.tsx";
import * as route23 from "./routes/email/[token].tsx";
import * as route24 from "./routes/email/stop/[token].tsx";
import * as route25 from "./routes/erasure/[token].tsx";
import * as route26 from "./routes/forgot.tsx";
import * as route27 from "./routes/g/[guild]/[channel]/[message].tsx";
import * as route28 from "./routes/g/[guild]/[channel]/index.tsx";
import * as route29 from "./routes/g/[guild]/[channel]/t/[thread]/[message].tsx";
import * as route30 from "./routes/g/[guild]/[channel]/t/[thread]/index.tsx";
import * as route31 from "./routes/g/[guild]/index.tsx";
import * as route32 from "./routes/g/[guild]/settings/audit.tsx";
import * as route33 from "./routes/g/[guild]/settings/bans.tsx";
import * as route34 from "./routes/g/[guild]/settings/channels/[channel]/index.tsx";
import * as route35 from "./routes/g/[guild]/settings/channels/[channel]/permissions.tsx";
import * as route36 from "./routes/g/[guild]/settings/channels/index.tsx";
import * as route37 from "./routes/g/[guild]/settings/emoji.tsx";
import * as route38 from "./routes/g/[guild]/settings/index.tsx";
import * as route39 from "./routes/g/[guild]/settings/invites.tsx";
import * as route40 from "./routes/g/[guild]/settings/me.tsx";
import * as route41 from "./routes/g/[guild]/settings/members/[user].tsx";
import * as route42 from "./routes/g/[guild]/settings/members/index.tsx";
import * as route43 from "./routes/g/[guild]/settings/move.tsx";
import * as route44 from "./routes/g/[guild]/settings/overview.tsx";
import * as route45 from "./routes/g/[guild]/settings/requests.tsx";
import * as route46 from "./routes/g/[guild]/settings/roles/[role].tsx";
import * as route47 from "./routes/g/[guild]/settings/roles/index.tsx";
import * as route48 from "./routes/g/[guild]/settings/servers.tsx";
import * as route49 from "./routes/g/[guild]/settings/templates.tsx";
import * as route50 from "./routes/g/[guild]/settings/view-as.tsx";
import * as route51 from "./routes/g/[guild]/settings/webhooks.tsx";
import * as route52 from "./routes/g/[guild]/settings/welcome.tsx";
import * as route53 from "./routes/g/[guild]/settings/why.tsx";
import * as route54 from "./routes/home.tsx";
import * as route55 from "./routes/index.tsx";
import * as route56 from "./routes/invite/[code].tsx";
import * as route57 from "./routes/join.tsx";
import * as route58 from "./routes/language.ts";
import * as route59 from "./routes/login.tsx";
import * as route60 from "./routes/logout.ts";
import * as route61 from "./routes/manifest.webmanifest.ts";
import * as route62 from "./routes/offline.tsx";
import * as route63 from "./routes/oidc/[provider]/callback.tsx";
import * as route64 from "./routes/oidc/[provider]/index.ts";
import * as route65 from "./routes/own.css.ts";
import * as route66 from "./routes/register.tsx";
import * as route67 from "./routes/reset/[token].tsx";
import * as route68 from "./routes/restore.tsx";
import * as route69 from "./routes/search.tsx";
import * as route70 from "./routes/settings/account.tsx";
import * as route71 from "./routes/settings/appearance.tsx";
import * as route72 from "./routes/settings/data.tsx";
import * as route73 from "./routes/settings/email.tsx";
import * as route74 from "./routes/settings/encryption.tsx";
import * as route75 from "./routes/settings/index.tsx";
import * as route76 from "./routes/settings/keyboard.tsx";
import * as route77 from "./routes/settings/language.tsx";
import * as route78 from "./routes/settings/logins.tsx";
import * as route79 from "./routes/settings/notifications.tsx";
import * as route80 from "./routes/settings/passkeys.tsx";
import * as route81 from "./routes/settings/password.tsx";
import * as route82 from "./routes/settings/privacy.tsx";
import * as route83 from "./routes/settings/profile.tsx";
import * as route84 from "./routes/settings/second-factor.tsx";
import * as route85 from "./routes/settings/sessions.tsx";
import * as route86 from "./routes/settings/tokens.tsx";
import * as route87 from "./routes/settings/voice.tsx";
import * as route88 from "./routes/setup/[token].tsx";
import * as route89 from "./routes/template/[code].tsx";
import * as route90 from "./routes/templates.tsx";
import * as route91 from "./routes/waiting.tsx";
import island0 from "./islands/ChatApp.tsx";
import island1 from "./islands/ColorHint.tsx";
import island2 from "./islands/CopyText.tsx";
import island3 from "./islands/DeviceVerifications.tsx";
import island4 from "./islands/DragRows.tsx";
import island5 from "./islands/EncryptionSettings.tsx";
import island6 from "./islands/ExportProgress.tsx";
import island7 from "./islands/FigureChart.tsx";
import island8 from "./islands/KeyboardSettings.tsx";
import island9 from "./islands/LogoutForm.tsx";
import island10 from "./islands/LookPreview.tsx";
import island11 from "./islands/NotificationTest.tsx";
import island12 from "./islands/OfflineApp.tsx";
import island13 from "./islands/PasskeyAdd.tsx";
import island14 from "./islands/PasskeyConfirm.tsx";
import island15 from "./islands/PasskeyLogin.tsx";
import island16 from "./islands/PasswordMeter.tsx";
import island17 from "./islands/PermissionDiff.tsx";
import island18 from "./islands/ProfileForm.tsx";
import island19 from "./islands/RestoreMessages.tsx";
import island20 from "./islands/RevealPassword.tsx";
import island21 from "./islands/SettingsGuard.tsx";
import island22 from "./islands/SettingsSearch.tsx";
import island23 from "./islands/VerifyDevice.tsx";
import island24 from "./islands/VoiceSettings.tsx";
import island25 from "./islands/WelcomeForm.tsx";

export const snapshot: Snapshot = {
  routes: [
    { file: "_404.tsx", module: route0 },
    { file: "_app.tsx", module: route1 },
    { file: "_error.tsx", module: route2 },
    { file: "_middleware.ts", module: route3 },
    { file: "admin/audit.tsx", module: route4 },
    { file: "admin/federation/events.tsx", module: route5 },
    { file: "admin/federation/index.tsx", module: route6 },
    { file: "admin/guilds/[guild].tsx", module: route7 },
    { file: "admin/guilds/index.tsx", module: route8 },
    { file: "admin/health.tsx", module: route9 },
    { file: "admin/index.tsx", module: route10 },
    { file: "admin/media.tsx", module: route11 },
    { file: "admin/overview.tsx", module: route12 },
    { file: "admin/registrations.tsx", module: route13 },
    { file: "admin/reports.tsx", module: route14 },
    { file: "admin/settings.tsx", module: route15 },
    { file: "admin/tokens.tsx", module: route16 },
    { file: "admin/users/[user].tsx", module: route17 },
    { file: "admin/users/index.tsx", module: route18 },
    { file: "ask/[room].tsx", module: route19 },
    { file: "discover.tsx", module: route20 },
    { file: "dm/[room]/[message].tsx", module: route21 },
    { file: "dm/[room]/index.tsx", module: route22 },
    { file: "email/[token].tsx", module: route23 },
    { file: "email/stop/[token].tsx", module: route24 },
    { file: "erasure/[token].tsx", module: route25 },
    { file: "forgot.tsx", module: route26 },
    { file: "g/[guild]/[channel]/[message].tsx", module: route27 },
    { file: "g/[guild]/[channel]/index.tsx", module: route28 },
    { file: "g/[guild]/[channel]/t/[thread]/[message].tsx", module: route29 },
    { file: "g/[guild]/[channel]/t/[thread]/index.tsx", module: route30 },
    { file: "g/[guild]/index.tsx", module: route31 },
    { file: "g/[guild]/settings/audit.tsx", module: route32 },
    { file: "g/[guild]/settings/bans.tsx", module: route33 },
    { file: "g/[guild]/settings/channels/[channel]/index.tsx", module: route34 },
    { file: "g/[guild]/settings/channels/[channel]/permissions.tsx", module: route35 },
    { file: "g/[guild]/settings/channels/index.tsx", module: route36 },
    { file: "g/[guild]/settings/emoji.tsx", module: route37 },
    { file: "g/[guild]/settings/index.tsx", module: route38 },
    { file: "g/[guild]/settings/invites.tsx", module: route39 },
    { file: "g/[guild]/settings/me.tsx", module: route40 },
    { file: "g/[guild]/settings/members/[user].tsx", module: route41 },
    { file: "g/[guild]/settings/members/index.tsx", module: route42 },
    { file: "g/[guild]/settings/move.tsx", module: route43 },
    { file: "g/[guild]/settings/overview.tsx", module: route44 },
    { file: "g/[guild]/settings/requests.tsx", module: route45 },
    { file: "g/[guild]/settings/roles/[role].tsx", module: route46 },
    { file: "g/[guild]/settings/roles/index.tsx", module: route47 },
    { file: "g/[guild]/settings/servers.tsx", module: route48 },
    { file: "g/[guild]/settings/templates.tsx", module: route49 },
    { file: "g/[guild]/settings/view-as.tsx", module: route50 },
    { file: "g/[guild]/settings/webhooks.tsx", module: route51 },
    { file: "g/[guild]/settings/welcome.tsx", module: route52 },
    { file: "g/[guild]/settings/why.tsx", module: route53 },
    { file: "home.tsx", module: route54 },
    { file: "index.tsx", module: route55 },
    { file: "invite/[code].tsx", module: route56 },
    { file: "join.tsx", module: route57 },
    { file: "language.ts", module: route58 },
    { file: "login.tsx", module: route59 },
    { file: "logout.ts", module: route60 },
    { file: "manifest.webmanifest.ts", module: route61 },
    { file: "offline.tsx", module: route62 },
    { file: "oidc/[provider]/callback.tsx", module: route63 },
    { file: "oidc/[provider]/index.ts", module: route64 },
    { file: "own.css.ts", module: route65 },
    { file: "register.tsx", module: route66 },
    { file: "reset/[token].tsx", module: route67 },
    { file: "restore.tsx", module: route68 },
    { file: "search.tsx", module: route69 },
    { file: "settings/account.tsx", module: route70 },
    { file: "settings/appearance.tsx", module: route71 },
    { file: "settings/data.tsx", module: route72 },
    { file: "settings/email.tsx", module: route73 },
    { file: "settings/encryption.tsx", module: route74 },
    { file: "settings/index.tsx", module: route75 },
    { file: "settings/keyboard.tsx", module: route76 },
    { file: "settings/language.tsx", module: route77 },
    { file: "settings/logins.tsx", module: route78 },
    { file: "settings/notifications.tsx", module: route79 },
    { file: "settings/passkeys.tsx", module: route80 },
    { file: "settings/password.tsx", module: route81 },
    { file: "settings/privacy.tsx", module: route82 },
    { file: "settings/profile.tsx", module: route83 },
    { file: "settings/second-factor.tsx", module: route84 },
    { file: "settings/sessions.tsx", module: route85 },
    { file: "settings/tokens.tsx", module: route86 },
    { file: "settings/voice.tsx", module: route87 },
    { file: "setup/[token].tsx", module: route88 },
    { file: "template/[code].tsx", module: route89 },
    { file: "templates.tsx", module: route90 },
    { file: "waiting.tsx", module: route91 },
  ],
  islands: [
    { name: "ChatApp", component: island0 },
    { name: "ColorHint", component: island1 },
    { name: "CopyText", component: island2 },
    { name: "DeviceVerifications", component: island3 },
    { name: "DragRows", component: island4 },
    { name: "EncryptionSettings", component: island5 },
    { name: "ExportProgress", component: island6 },
    { name: "FigureChart", component: island7 },
    { name: "KeyboardSettings", component: island8 },
    { name: "LogoutForm", component: island9 },
    { name: "LookPreview", component: island10 },
    { name: "NotificationTest", component: island11 },
    { name: "OfflineApp", component: island12 },
    { name: "PasskeyAdd", component: island13 },
    { name: "PasskeyConfirm", component: island14 },
    { name: "PasskeyLogin", component: island15 },
    { name: "PasswordMeter", component: island16 },
    { name: "PermissionDiff", component: island17 },
    { name: "ProfileForm", component: island18 },
    { name: "RestoreMessages", component: island19 },
    { name: "RevealPassword", component: island20 },
    { name: "SettingsGuard", component: island21 },
    { name: "SettingsSearch", component: island22 },
    { name: "VerifyDevice", component: island23 },
    { name: "VoiceSettings", component: island24 },
    { name: "WelcomeForm", component: island25 },
  ],
};
