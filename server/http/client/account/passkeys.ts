import {
  addPasskey as addOperation,
  beginPasskey as beginOperation,
  beginPasskeyConfirm as confirmOperation,
  beginPasskeyLogin as beginLoginOperation,
  listPasskeys as listOperation,
  passkeyLogin as loginOperation,
  removePasskey as removeOperation,
  renamePasskey as renameOperation,
} from "../../../../core/api/passkeys.ts";
import { beginPasskeyLogin, logInWithPasskey } from "../../../services/accounts/passkey_login.ts";
import {
  addPasskey,
  askForPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  renamePasskey,
} from "../../../services/accounts/passkeys.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";
import { deviceOf, sessionReply } from "../session_reply.ts";

/** Passkeys of the own account, and signing in with one. */
export function passkeyRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(listOperation, async ({ caller }) => ({
      passkeys: await listPasskeys(deps.sql, caller.userId),
    })),
    route(beginOperation, ({ caller }) => beginPasskey(deps, caller.userId)),
    route(addOperation, ({ caller: { userId }, body }) => addPasskey(deps, { userId, ...body })),
    route(renameOperation, async ({ caller: { userId }, params, body }) => {
      await renamePasskey(deps, { userId, id: params.passkey_id, name: body.name });
      return {};
    }),
    route(removeOperation, async ({ caller: { userId }, params }) => {
      await removePasskey(deps, { userId, id: params.passkey_id });
      return {};
    }),
    route(
      confirmOperation,
      ({ caller: { userId } }) => askForPasskey(deps, { userId, purpose: "confirm" }),
    ),
    route(
      beginLoginOperation,
      ({ body, address }) => beginPasskeyLogin(deps, { challenge: body.challenge, address }),
    ),
    route(loginOperation, async (call) => {
      const { body, address, secure } = call;
      const device = deviceOf(call, body, [deps.publicUrl]);
      const started = await logInWithPasskey(deps, { passkey: body.passkey, address, device });
      return sessionReply(started.grant, started, { secure, maxAgeMs: deps.lifetimes.sessionMs });
    }),
  ];
}
