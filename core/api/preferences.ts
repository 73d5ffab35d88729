import { z } from "zod";
import { defineOperation } from "./operation.ts";
import { NEVER_QUIET, Quiet } from "./quiet.ts";

/** What people decided about themselves; the server holds to it. */
export const Preferences = z.object({
  dms_from: z.enum(["everyone", "shared", "nobody"]).describe(
    "Who may begin a conversation with this account; shared: friends, and people it shares a guild with",
  ),
  requests_from: z.enum(["everyone", "shared", "nobody"]).describe(
    "Who may ask this account to be friends; others see no difference to a request that waits",
  ),
  found_by: z.enum(["everyone", "shared", "nobody"]).describe(
    "Who finds this account by the beginning of its name; whoever knows all of it can always write it",
  ),
  share_typing: z.boolean().describe("Others see when this account writes"),
  share_presence: z.boolean().describe("Others see whether this account is there"),
  share_read: z.boolean().describe(
    "Others in a conversation see how far this account has read, and it sees that of theirs; " +
      "servers of a channel's readers are told",
  ),
  show_previews: z.boolean().describe("Links in messages are shown with a preview of their page"),
  sealed_previews: z.boolean().describe(
    "Links that this account sends encrypted get a preview: its server is told each of them before",
  ),
  notify_desktop: z.boolean().describe("The page shows a notification while it is not looked at"),
  notify_sound: z.boolean().describe("The page plays a sound with it"),
  ...Quiet.shape,
});
export type Preferences = z.infer<typeof Preferences>;

/** What holds for whoever has chosen nothing. */
export const DEFAULT_PREFERENCES: Preferences = {
  dms_from: "everyone",
  requests_from: "everyone",
  found_by: "shared",
  share_typing: true,
  share_presence: true,
  share_read: true,
  show_previews: true,
  sealed_previews: false,
  notify_desktop: false,
  notify_sound: false,
  ...NEVER_QUIET,
};

export const getPreferences = defineOperation({
  id: "getPreferences",
  scope: "account:read",
  method: "GET",
  path: "/client/v1/account/preferences",
  tag: "account",
  summary: "What the account has decided about privacy and notifications",
  auth: "user",
  result: Preferences,
  errors: [],
});

export const updatePreferences = defineOperation({
  id: "updatePreferences",
  scope: "account:write",
  method: "PATCH",
  path: "/client/v1/account/preferences",
  tag: "account",
  summary: "Change them; absent keeps. Being quiet by hand is `setQuiet`",
  auth: "user",
  whileSuspended: true,
  body: Preferences.omit({ quiet_until: true, quiet_ended: true }).partial(),
  result: Preferences,
  errors: ["invalid"],
});
