import type { JoinToken } from "../../../core/api/account.ts";
import { OperationError } from "../../../core/errors.ts";
import { addressKey } from "../../http/rate_limit.ts";
import type { AccountDeps } from "./deps.ts";
import { findLink, hasAdministrator } from "./one_time_link.ts";
import { findRegistrationToken } from "./registration_tokens.ts";
import { readSettings } from "./settings.ts";

/** What a code gives to the one who holds it. @throws OperationError `not_found`, `rate_limited` */
export async function lookAtJoinToken(
  deps: Pick<AccountDeps, "sql" | "clock" | "throttle" | "invites" | "pinned">,
  input: { readonly code: string; readonly address: string },
): Promise<JoinToken> {
  await deps.throttle.take("links were opened from here", [
    { policy: "lookupAddress", who: addressKey(input.address) },
  ]);
  const nowMs = deps.clock.now();
  const settings = await readSettings(deps);
  const mode = settings.registration_mode;
  const link = await findLink(deps.sql, input.code, nowMs);
  if (link?.kind === "first_administrator" && !(await hasAdministrator(deps.sql))) {
    return {
      kind: "first_administrator",
      opens_registration: true,
      expires_ts: link.expiresTs,
      uses_left: 1,
      guild: null,
    };
  }
  const token = await findRegistrationToken(deps.sql, input.code, nowMs);
  if (token !== undefined) {
    return {
      kind: "registration",
      opens_registration: mode !== "closed",
      expires_ts: token.expiresTs,
      uses_left: token.usesLeft,
      guild: null,
    };
  }
  const invite = await deps.invites.look(input.code);
  if (invite === undefined) {
    throw new OperationError(
      "not_found",
      "This link or code is not valid: it may have ended, been used up or been revoked. " +
        "Ask the person who gave it to you for a new one.",
    );
  }
  const { guild } = invite;
  const byInvite = mode === "invite" && settings.invite_links_open_registration &&
    invite.authorMayInvite;
  return {
    kind: "invite",
    opens_registration: mode === "open" || byInvite,
    expires_ts: invite.expiresTs,
    uses_left: invite.usesLeft,
    guild: {
      id: guild.id,
      name: guild.name,
      icon: guild.icon,
      description: guild.description,
      member_count: guild.memberCount,
    },
  };
}
