import { TransportError } from "../../../federation/ports.ts";
import type { HttpClient } from "../../federation/http_client.ts";
import type { PushAddress, VapidKey } from "../../push/seal_push.ts";
import { placeOfPush } from "./push_endpoint.ts";

/** A push service answers soon, or is asked again later. */
const TIMEOUT_MS = 15_000;
/** Of an answer that says what is wrong. */
const REASON_BYTES = 2000;

/** What became of a message to a device. */
export type PushOutcome =
  | { readonly kind: "sent" }
  /** Nobody listens there any more: the device is forgotten. */
  | { readonly kind: "gone" }
  /** It will never be taken. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It may be taken later. */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs?: number };

export interface PushSenderDeps {
  readonly client: HttpClient;
  readonly key: VapidKey;
  /** Whom a push service may turn to: an https: or mailto: address. */
  readonly subject: string;
  /** Origins that the configuration trusts, for tests. */
  readonly testServices: ReadonlySet<string>;
}

/**
 * Sends one message to a device's push service (RFC 8030), which keeps it for `ttlS` while the
 * device is away. Never throws.
 */
export async function sendPush(
  deps: PushSenderDeps,
  to: PushAddress,
  { payload, ttlS }: { readonly payload: string; readonly ttlS: number },
): Promise<PushOutcome> {
  const place = placeOfPush(to.endpoint, deps.testServices);
  if (typeof place === "string") return { kind: "refused", reason: place };
  try {
    const { sealPush } = await import("../../push/seal_push.ts");
    const { headers, body } = sealPush(to, payload, { ...deps, ttlS });
    const answer = await deps.client.send(place.endpoint, {
      method: "POST",
      target: place.target,
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
    });
    const { status } = answer;
    const after = Number(answer.header("retry-after"));
    const reason = `${place.endpoint.host} answered ${status}: ${await textOf(answer)}`;
    if (status >= 200 && status < 300) return { kind: "sent" };
    if (status === 404 || status === 410) return { kind: "gone" };
    if (status === 429 || status >= 500) {
      return { kind: "later", reason, ...(after > 0 ? { afterMs: after * 1000 } : {}) };
    }
    return { kind: "refused", reason };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const later = error instanceof TransportError && error.kind !== "forbidden_address";
    return { kind: later ? "later" : "refused", reason };
  }
}

async function textOf(answer: { bytes(max: number): Promise<Uint8Array> }): Promise<string> {
  try {
    return new TextDecoder().decode(await answer.bytes(REASON_BYTES)).slice(0, 200);
  } catch {
    return "(too much to read)";
  }
}
