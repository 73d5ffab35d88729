import { adminRotateKey as operation } from "../../../../../core/api/admin.ts";
import { assert } from "../../../../../core/assert.ts";
import { listSigningKeys, rotateSigningKeys } from "../../../../keys/manage_keys.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function adminRotateKeyRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller }) => {
    await rotateSigningKeys(deps, { actor: caller.userId });
    deps.signer.recheck();
    const { keyId } = await deps.signer.current(deps.clock.now());
    const keys = await listSigningKeys(deps, { holder: deps.keyHolder });
    const made = keys.find((key) => key.key_id === keyId);
    assert(made !== undefined, `the new signing key ${keyId} is not listed`);
    return made;
  });
}
