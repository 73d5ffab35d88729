import type { Blake3 } from "../../core/event/hash.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { signEventHash } from "../../core/event/sign.ts";
import { parseSignatureName, signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { usable } from "../../core/keys/key_entry.ts";
import { limits } from "../../core/limits.ts";
import { keyNameText, type KeyRing, type ServerSigner } from "../ports.ts";

export interface ResignDeps {
  readonly self: ServerName;
  readonly keyRing: Pick<KeyRing, "find" | "refusal">;
  readonly signer: ServerSigner;
  readonly blake3?: Blake3;
}

/**
 * An event of this server as it may be sent now: where every key that it signed with counts no
 * more for what is new, with a signature by the current key beside the one of its time. After a
 * partition of weeks nothing is lost that way. PROTOCOL.md 8.
 */
export class EventResigner {
  readonly #deps: ResignDeps;

  constructor(deps: ResignDeps) {
    this.#deps = deps;
  }

  /** The PDU as it was, or with a signature more. The id does not change: signatures are outside. */
  async freshen(pdu: JsonValue, nowMs: number): Promise<JsonValue> {
    const { self, keyRing, signer, blake3 } = this.#deps;
    const own = ownSignatures(pdu, self);
    for (const name of own.keys()) {
      const keyId = parseSignatureName(name);
      if (keyId === undefined) continue;
      if (await keyRing.refusal({ server: self, keyId }, nowMs) === undefined) return pdu;
    }
    const parsed = own.size === 0
      ? undefined
      : parsePduValue(pdu, blake3 === undefined ? {} : { blake3 });
    // Without a signature of ours, or no event at all: not ours to mend.
    if (parsed?.kind !== "event") return pdu;
    const { event } = parsed;
    const current = await signer.current(nowMs);
    const added = await signEventHash(event.hash, current);
    const kept = await this.#ofItsTime(own, event.pdu.origin_ts);
    const mine = { ...kept, [signatureName(current.keyId)]: added };
    return withSignatures(pdu as JsonObject, self, mine);
  }

  /** Signatures that step 2 counts; those of former re-signings make room. */
  async #ofItsTime(
    own: ReadonlyMap<string, string>,
    originTs: number,
  ): Promise<Record<string, string>> {
    const { self: server, keyRing } = this.#deps;
    const kept: Record<string, string> = {};
    for (const [name, signature] of own) {
      const keyId = parseSignatureName(name);
      if (keyId === undefined) continue;
      const key = { server, keyId };
      const entry = (await keyRing.find([key])).get(keyNameText(key));
      if (entry !== undefined && usable(entry, originTs)) kept[name] = signature;
    }
    return kept;
  }
}

function ownSignatures(pdu: JsonValue, self: ServerName): ReadonlyMap<string, string> {
  const all = isObject(pdu) ? pdu["signatures"] : undefined;
  const own = isObject(all) && Object.hasOwn(all, self) ? all[self] : undefined;
  if (!isObject(own)) return new Map();
  return new Map(
    Object.entries(own).flatMap(([name, text]) => typeof text === "string" ? [[name, text]] : []),
  );
}

function withSignatures(
  pdu: JsonObject,
  self: ServerName,
  mine: Readonly<Record<string, string>>,
): JsonValue {
  const all = pdu["signatures"] as JsonObject;
  const others = Object.entries(all).filter(([server]) => server !== self)
    .reduce((count, [, of]) => count + Object.keys(of as JsonObject).length, 0);
  // Two of the same key's time at most: that and today's always fit beside two other servers'.
  const fitting = Object.entries(mine).slice(-Math.max(2, limits.event.maxSignatures - others));
  return { ...pdu, signatures: { ...all, [self]: Object.fromEntries(fitting) } };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
