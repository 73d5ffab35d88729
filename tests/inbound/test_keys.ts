import type { KeyName } from "../../core/event/verify_event.ts";
import type { KeyEntry } from "../../core/keys/key_entry.ts";
import { keyNameText, type KeyRing } from "../../federation/ports.ts";
import type { TestServer } from "../harness/events.ts";

/** Key entries that a test gives, at once or only when they are asked for. */
export class TestKeys implements KeyRing {
  readonly held = new Map<string, KeyEntry>();
  /** What asking gives. */
  readonly away = new Map<string, KeyEntry>();
  readonly refused = new Map<string, string>();
  /** So many questions are still not answered, as by a database that is away. */
  faults = 0;

  constructor(...servers: readonly TestServer[]) {
    for (const server of servers) this.held.set(nameOf(server), server.entry);
  }

  find(names: readonly KeyName[]): Promise<ReadonlyMap<string, KeyEntry>> {
    return Promise.resolve(pick(this.held, names));
  }

  obtain(names: readonly KeyName[]): Promise<ReadonlyMap<string, KeyEntry>> {
    for (const [name, entry] of pick(this.away, names)) this.held.set(name, entry);
    return this.find(names);
  }

  refusal(name: KeyName): Promise<string | undefined> {
    if (this.faults-- > 0) return Promise.reject(new Error("the keys cannot be read just now"));
    return Promise.resolve(this.refused.get(keyNameText(name)));
  }

  proofs(): Promise<[]> {
    return Promise.resolve([]);
  }

  isSilent(): boolean {
    return false;
  }

  words(): Promise<[]> {
    return Promise.resolve([]);
  }
}

export function nameOf(server: TestServer): string {
  return keyNameText({ server: server.name, keyId: server.signer.keyId });
}

function pick(entries: ReadonlyMap<string, KeyEntry>, names: readonly KeyName[]) {
  return new Map(
    names.map(keyNameText).flatMap((name) => {
      const entry = entries.get(name);
      return entry === undefined ? [] : [[name, entry] as const];
    }),
  );
}
