import { getKeys as operation } from "../../core/api/federation/people.ts";
import { parseKeyId } from "../../core/ids/key_id.ts";
import { parseServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { defineHandler, type KeyRing } from "../ports.ts";

export interface KeysHandlerDeps {
  readonly keys: Pick<KeyRing, "proofs" | "words">;
  /** Whether a room that was joined is being checked here. */
  readonly isChecking: () => Promise<boolean>;
}

/**
 * Held key entries with their vouchers, and how each is held. An entry proves itself to whoever
 * knows its server, so it is told to any server; what is not held is left out, and nothing is
 * fetched for strangers.
 */
export function keysHandler({ keys, isChecking }: KeysHandlerDeps) {
  return defineHandler({
    operation,
    async answer(_asked, request) {
      const names = request.names.flatMap(({ server: rawServer, key_id }) => {
        const server = parseServerName(rawServer);
        const keyId = parseKeyId(key_id);
        return server === undefined || keyId === undefined ? [] : [{ server, keyId }];
      });
      // First: what a check that ends meanwhile has brought is in the words that follow.
      const checking = await isChecking();
      const proofs = await keys.proofs(names);
      return {
        keys: proofs.slice(0, limits.federation.maxKeysPerAnswer),
        words: [...await keys.words(names)],
        checking,
      };
    },
  });
}
