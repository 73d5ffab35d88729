import { getKeys as operation } from "../../core/api/federation/people.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import { parseServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { defineHandler, type KeyRing } from "../ports.ts";

/**
 * Held key entries with their vouchers. An entry proves itself to whoever knows its server, so
 * it is told to any server; what is not held is left out, and nothing is fetched for strangers.
 */
export function keysHandler({ keys }: { readonly keys: Pick<KeyRing, "proofs"> }) {
  return defineHandler({
    operation,
    async answer(_asked, request) {
      const names = request.names.flatMap(({ server: rawServer, key_id }) => {
        const server = parseServerName(rawServer);
        const keyId = parseKeyId(key_id);
        return server === undefined || keyId === undefined ? [] : [{ server, keyId }];
      });
      const proofs = await keys.proofs(names);
      return { keys: proofs.slice(0, limits.federation.maxKeysPerAnswer) };
    },
  });
}
