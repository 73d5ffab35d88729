import type { ServerName } from "../../core/ids/server_name.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import { isRetired, type KeyEntry } from "../../core/keys/key_entry.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { keyNameText, type KeyRing } from "../../federation/ports.ts";
import type { TestServer } from "../harness/events.ts";

/** Keys that everybody holds from the beginning: histories are about events. */
export function knownKeys(servers: readonly TestServer[], clock: Clock): KeyRing {
  const entries = new Map<string, KeyEntry>(
    servers.map(({ entry, signer, name }) => [
      keyNameText({ server: name as ServerName, keyId: signer.keyId }),
      entry,
    ]),
  );
  const find = (names: readonly KeyName[]) =>
    Promise.resolve(
      new Map(names.flatMap((name) => {
        const entry = entries.get(keyNameText(name));
        return entry === undefined ? [] : [[keyNameText(name), entry] as const];
      })),
    );
  return {
    find,
    obtain: find,
    refusal: (name) => {
      const entry = entries.get(keyNameText(name));
      const retired = entry !== undefined && isRetired(entry, clock.now());
      return Promise.resolve(retired ? "its key has retired" : undefined);
    },
    proofs: () => Promise.resolve([]),
    isSilent: () => false,
    words: () => Promise.resolve([]),
  };
}
