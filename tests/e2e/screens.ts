import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import {
  channelPath,
  dmPath,
  guildPath,
  messagePath,
  threadPath,
} from "../../ui/lib/format/paths.ts";
import { PASSWORD } from "../harness/homeserver.ts";
import type { Scene } from "./scene.ts";

/** What a screen may load before it works: the doors are seen on a first visit, by anybody. */
export type ScreenKind = "door" | "chat" | "page";

export interface Screen {
  readonly kind: ScreenKind;
  /** Its scripts lie in the service worker's cache: no network is waited for. */
  readonly cached?: true;
  readonly path: (scene: Scene) => string;
  /** Answered with this instead of 200. */
  readonly status?: number;
}

const inSettings = (rest: string): Screen => ({
  kind: "page",
  path: ({ guildId }) => `${guildPath(guildId)}/settings${rest}`,
});
const page = (path: string | Screen["path"]): Screen => ({
  kind: "page",
  path: typeof path === "string" ? () => path : path,
});
const door = (path: Screen["path"]): Screen => ({ kind: "door", path });
const bobIn = (rest: string): Screen => ({
  kind: "page",
  path: ({ bob, guildId }) =>
    rest === ""
      ? `/admin/users/${encodeURIComponent(bob.id)}`
      : `${guildPath(guildId)}/settings${rest}${encodeURIComponent(bob.id)}`,
});
const general = ({ guildId, roomId, general: id }: Scene) =>
  channelPath(guildId, { room_id: roomId, id, private: false });

/** What a server needs for all of them to be there: a mail server, which nobody has to answer for. */
export const SCREENS_ENV = {
  OPENGUILD_MAIL_HOST: "127.0.0.1",
  OPENGUILD_MAIL_PORT: "9",
  OPENGUILD_MAIL_FROM: "chat@garden.test",
} as const;

/** Each page of `ui/routes`, by its file: a new one needs a line here, or a test says so. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  "_404.tsx": { kind: "page", path: () => "/nowhere", status: 404 },
  "admin/audit.tsx": page("/admin/audit"),
  "admin/federation/events.tsx": page("/admin/federation/events"),
  "admin/federation/index.tsx": page("/admin/federation"),
  "admin/guilds/[guild].tsx": {
    kind: "page",
    path: ({ guildId }) => `/admin/guilds/${encodeURIComponent(guildId)}`,
  },
  "admin/guilds/index.tsx": page("/admin/guilds"),
  "admin/health.tsx": page("/admin/health"),
  "admin/index.tsx": page("/admin"),
  "admin/overview.tsx": page("/admin/overview"),
  "admin/media.tsx": page("/admin/media"),
  "admin/registrations.tsx": page("/admin/registrations"),
  "admin/reports.tsx": page("/admin/reports"),
  "admin/settings.tsx": page("/admin/settings"),
  "admin/tokens.tsx": page("/admin/tokens"),
  "admin/users/[user].tsx": bobIn(""),
  "admin/users/index.tsx": page("/admin/users"),
  "ask/[room].tsx": page("/ask/nowhere?server=one.test"),
  "dm/[room]/[message].tsx": {
    kind: "chat",
    path: ({ dmRoom, dmMessage }) => messagePath(dmPath(dmRoom), dmMessage),
  },
  "dm/[room]/index.tsx": { kind: "chat", path: ({ dmRoom }) => dmPath(dmRoom) },
  "email/stop/[token].tsx": { kind: "door", path: () => "/email/stop/ended-before", status: 404 },
  "erasure/[token].tsx": { kind: "door", path: () => "/erasure/of-long-ago", status: 404 },
  "email/[token].tsx": { kind: "door", path: () => "/email/used-long-ago", status: 404 },
  "forgot.tsx": door(() => "/forgot"),
  "discover.tsx": page("/discover"),
  "g/[guild]/[channel]/[message].tsx": {
    kind: "chat",
    path: (scene) => messagePath(general(scene), scene.messageId),
  },
  "g/[guild]/[channel]/t/[thread]/[message].tsx": {
    kind: "chat",
    path: (scene) => messagePath(threadPath(general(scene), scene.threadId), scene.threadMessageId),
  },
  "g/[guild]/[channel]/t/[thread]/index.tsx": {
    kind: "chat",
    path: (scene) => threadPath(general(scene), scene.threadId),
  },
  "g/[guild]/[channel]/index.tsx": { kind: "chat", path: general },
  "g/[guild]/index.tsx": { kind: "chat", path: ({ guildId }) => guildPath(guildId) },
  "g/[guild]/settings/audit.tsx": inSettings("/audit"),
  "g/[guild]/settings/bans.tsx": inSettings("/bans"),
  "g/[guild]/settings/channels/[channel]/index.tsx": {
    kind: "page",
    path: (scene) => `${guildPath(scene.guildId)}/settings/channels/${scene.general}`,
  },
  "g/[guild]/settings/channels/[channel]/permissions.tsx": {
    kind: "page",
    path: (scene) => `${guildPath(scene.guildId)}/settings/channels/${scene.general}/permissions`,
  },
  "g/[guild]/settings/channels/index.tsx": inSettings("/channels"),
  "g/[guild]/settings/emoji.tsx": inSettings("/emoji"),
  "g/[guild]/settings/index.tsx": inSettings(""),
  "g/[guild]/settings/invites.tsx": inSettings("/invites"),
  "g/[guild]/settings/me.tsx": inSettings("/me"),
  "g/[guild]/settings/overview.tsx": inSettings("/overview"),
  "g/[guild]/settings/members/[user].tsx": bobIn("/members/"),
  "g/[guild]/settings/members/index.tsx": inSettings("/members"),
  "g/[guild]/settings/move.tsx": inSettings("/move"),
  "g/[guild]/settings/requests.tsx": inSettings("/requests"),
  "g/[guild]/settings/roles/[role].tsx": {
    kind: "page",
    path: ({ guildId, roleId }) => `${guildPath(guildId)}/settings/roles/${roleId}`,
  },
  "g/[guild]/settings/roles/index.tsx": inSettings("/roles"),
  "g/[guild]/settings/servers.tsx": inSettings("/servers"),
  "g/[guild]/settings/templates.tsx": inSettings("/templates"),
  "g/[guild]/settings/welcome.tsx": inSettings("/welcome"),
  "g/[guild]/settings/view-as.tsx": inSettings("/view-as"),
  "g/[guild]/settings/webhooks.tsx": inSettings("/webhooks"),
  "g/[guild]/settings/why.tsx": {
    kind: "page",
    path: ({ bob, guildId }) =>
      `${guildPath(guildId)}/settings/why?right=SEND&user=${encodeURIComponent(bob.id)}`,
  },
  "home.tsx": { kind: "chat", path: () => "/home" },
  "index.tsx": door(() => "/"),
  "invite/[code].tsx": door(({ inviteCode }) => `/invite/${inviteCode}`),
  "join.tsx": page("/join"),
  "login.tsx": door(() => "/login"),
  "offline.tsx": { kind: "chat", cached: true, path: () => "/offline" },
  "register.tsx": door(({ inviteCode }) => `/register?token=${inviteCode}`),
  "reset/[token].tsx": door(({ resetToken }) => `/reset/${resetToken}`),
  "search.tsx": {
    kind: "page",
    path: (scene) => `/search?q=hello&at=${encodeURIComponent(general(scene))}`,
  },
  "template/[code].tsx": page(({ templateCode }) => `/template/${templateCode}`),
  "templates.tsx": page("/templates?starter=club"),
  "settings/account.tsx": page("/settings/account"),
  "settings/appearance.tsx": page("/settings/appearance"),
  "settings/data.tsx": page("/settings/data"),
  "settings/email.tsx": page("/settings/email"),
  "settings/encryption.tsx": page("/settings/encryption"),
  "oidc/[provider]/callback.tsx": { ...door(() => "/oidc/club/callback"), status: 400 },
  "settings/logins.tsx": page("/settings/logins"),
  "settings/passkeys.tsx": page("/settings/passkeys"),
  "settings/tokens.tsx": page("/settings/tokens"),
  "settings/index.tsx": page("/settings"),
  "settings/keyboard.tsx": page("/settings/keyboard"),
  "settings/voice.tsx": page("/settings/voice"),
  "settings/language.tsx": page("/settings/language"),
  "settings/notifications.tsx": page("/settings/notifications"),
  "settings/password.tsx": page("/settings/password"),
  "settings/privacy.tsx": page("/settings/privacy"),
  "settings/profile.tsx": page("/settings/profile"),
  "settings/second-factor.tsx": page("/settings/second-factor"),
  "settings/sessions.tsx": page("/settings/sessions"),
  "waiting.tsx": door(() => "/waiting?for=approval"),
  "setup/[token].tsx": { kind: "door", path: () => "/setup/used-long-ago", status: 404 },
};

/**
 * Files of `ui/routes` that lead elsewhere, or are seen only inside or instead of a page;
 * `devices_test.ts` looks at what a new device sees.
 */
export const NO_SCREENS: readonly string[] = [
  "_app.tsx",
  "_error.tsx",
  "_middleware.ts",
  "language.ts",
  "logout.ts",
  "own.css.ts",
  "restore.tsx",
  "manifest.webmanifest.ts",
  "oidc/[provider]/index.ts",
];

interface Visitors {
  readonly ann: Page;
  readonly stranger: Page;
  readonly url: string;
}

/** What has no address of its own: shown in answer to a form, each after the one before. */
export const AFTER_FORMS: Readonly<Record<string, (at: Visitors) => Promise<Page>>> = {
  "an app is set up": async ({ ann, url }) => {
    await ann.goto(`${url}/settings/second-factor`);
    await ann.getByLabel("Current password").fill(PASSWORD);
    await ann.getByRole("button", { name: "Set up an app" }).click();
    await ann.locator(".code-text").waitFor();
    return ann;
  },
  "recovery codes": async ({ ann }) => {
    const secret = await ann.locator(".code-text").textContent() ?? "";
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    await ann.getByLabel("Code", { exact: true }).fill(code);
    await ann.getByRole("button", { name: "Turn on" }).click();
    await ann.locator(".code-list").waitFor();
    return ann;
  },
  "the second step of signing in": async ({ stranger, url }) => {
    await stranger.goto(`${url}/login`);
    await stranger.getByLabel("User name").fill("ann");
    await stranger.getByLabel("Password").fill(PASSWORD);
    await stranger.getByRole("button", { name: "Log in", exact: true }).click();
    await stranger.getByLabel("Code", { exact: true }).waitFor();
    return stranger;
  },
};
