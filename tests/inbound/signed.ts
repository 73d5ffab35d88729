import type { HeldEvent, Signatures } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { requiredSigners } from "../../core/event/required_signers.ts";
import { signEventHash } from "../../core/event/sign.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import { encodePublicKey, keyIdOf } from "../../core/keys/key_entry.ts";
import { keyPairOf, serverName, type TestServer } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { T0 } from "../state/room.ts";

const DAY_MS = 86_400_000;

/** A server whose key was good when the rooms of tests/state were made. */
export function serverOfThen(name: string, seed: number): TestServer {
  const server = serverName(name);
  const pair = keyPairOf(seededRng(seed).bytes(32));
  const entry = {
    server,
    key: encodePublicKey(pair.publicKey),
    valid_from: T0 - DAY_MS,
    valid_until: T0 + 13 * DAY_MS,
  };
  return {
    name: server,
    entry,
    signer: {
      keyId: keyIdOf(entry),
      sign: (bytes: Uint8Array) => Promise.resolve(pair.sign(bytes)),
    },
  };
}

/** An event with the signatures it needs: its id is the same without them. */
export async function signedPdu(
  event: HeldEvent,
  servers: readonly TestServer[],
): Promise<JsonValue> {
  const signatures: Record<string, Record<string, string>> = {};
  for (const name of requiredSigners(event.pdu)) {
    const server = servers.find((each) => each.name === name);
    if (server === undefined) throw new Error(`no key of ${name}`);
    signatures[name] = {
      [signatureName(server.signer.keyId)]: await signEventHash(event.hash, server.signer),
    };
  }
  const pdu = { ...event.pdu, signatures: signatures satisfies Signatures };
  return JSON.parse(JSON.stringify(pdu)) as JsonValue;
}

/** The servers of the people of tests/state/random_room.ts. */
export const ROOM_SERVERS: readonly TestServer[] = ["one.example", "two.example", "three.example"]
  .map(serverOfThen);
