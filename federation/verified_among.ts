import type { HeldEvent } from "../core/event/event.ts";
import type { SignatureVerifier } from "../core/event/verify.ts";
import { type KeyName, verifyEvent } from "../core/event/verify_event.ts";
import { parseSignatureName } from "../core/ids/key_id.ts";
import type { ServerName } from "../core/ids/server_name.ts";
import { type KeyHints, keyNameText, type KeyRing } from "./ports.ts";

export interface VerifiedAmong<Event extends HeldEvent> {
  readonly verified: readonly Event[];
  /** Not verified, with the reason in words; a key that nobody gives is one. */
  readonly refused: readonly {
    readonly event: Event;
    readonly reason: string;
    /** The keys that nobody gives. */
    readonly keys: readonly KeyName[];
  }[];
}

/**
 * Step 2 for many events at once: their keys are obtained in one go, and all signatures are in
 * flight together, so that every core verifies. PROTOCOL.md 7.
 */
export async function verifiedAmong<Event extends HeldEvent>(
  deps: { readonly keys: Pick<KeyRing, "obtain">; readonly verifier: SignatureVerifier },
  events: readonly Event[],
  hints: KeyHints,
): Promise<VerifiedAmong<Event>> {
  const entries = await deps.keys.obtain(signersOf(events), hints);
  const entryOf = (name: KeyName) => entries.get(keyNameText(name));
  const outcomes = await Promise.all(
    events.map((event) => verifyEvent(event, { verifier: deps.verifier, entryOf })),
  );
  const verified: Event[] = [];
  const refused: VerifiedAmong<Event>["refused"][number][] = [];
  for (const [at, event] of events.entries()) {
    const outcome = outcomes[at];
    if (outcome?.kind === "valid") verified.push(event);
    else {
      const keys = outcome?.kind === "wait" ? outcome.keys : [];
      refused.push({ event, reason: reasonOf(outcome), keys });
    }
  }
  return { verified, refused };
}

function reasonOf(outcome: Awaited<ReturnType<typeof verifyEvent>> | undefined): string {
  if (outcome?.kind === "drop") return outcome.message;
  const names = outcome?.kind === "wait" ? outcome.keys.map(keyNameText).join(", ") : "";
  return `nobody gives the key ${names}`;
}

/** The keys that events are signed with, each once. */
export function signersOf(events: Iterable<HeldEvent>): KeyName[] {
  const names = new Map<string, KeyName>();
  for (const { pdu } of events) {
    for (const [server, signatures] of Object.entries(pdu.signatures)) {
      for (const name of Object.keys(signatures)) {
        const keyId = parseSignatureName(name);
        if (keyId === undefined) continue;
        const keyName = { server: server as ServerName, keyId };
        names.set(keyNameText(keyName), keyName);
      }
    }
  }
  return [...names.values()];
}
