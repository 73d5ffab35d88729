/** An authenticator of the tests: makes P-256 keys and signs as WebAuthn says, without a browser. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { base64urlnopad } from "@scure/base";
import type { NewPasskey, PasskeyAnswer } from "../../core/api/passkeys.ts";

/** How an answer is to differ from an honest one. */
export interface Tricks {
  readonly origin?: string;
  readonly rpId?: string;
  /** Base64url; as asked for without it. */
  readonly challenge?: string;
  /** The user was there but did not unlock the authenticator. */
  readonly unverified?: boolean;
  /** What it counts; one more each time without it. */
  readonly counter?: number;
  /** Base64url; null: it names nobody. */
  readonly userHandle?: string | null;
  readonly type?: string;
}

type Options = Readonly<Record<string, unknown>>;

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

export class Authenticator {
  readonly #origin: string;
  readonly #rpId: string;
  readonly #keys: KeyObject;
  readonly id = base64urlnopad.encode(randomBytes(32));
  readonly #public: { x: string; y: string };
  #counter = 0;
  /** As the server named the account when the key was made, base64url. */
  userHandle = "";

  constructor(origin: string) {
    this.#origin = origin;
    this.#rpId = new URL(origin).hostname;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#keys = privateKey;
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#public = { x, y };
  }

  /** Answers what `beginPasskey` asks. */
  make(options: Options, tricks: Tricks = {}): NewPasskey {
    this.userHandle = (options["user"] as { id: string }).id;
    const id = base64urlnopad.decode(this.id);
    const attested = Buffer.concat([
      Buffer.alloc(16), // AAGUID: nobody's
      Buffer.from([id.length >> 8, id.length & 255]),
      id,
      this.#coseKey(),
    ]);
    const authData = Buffer.concat([this.#facts(ATTESTED, tricks), attested]);
    const attestation = Buffer.concat([
      map(3),
      text("fmt"),
      text("none"),
      text("attStmt"),
      map(0),
      text("authData"),
      bytes(authData),
    ]);
    return {
      ...this.#named(),
      response: {
        clientDataJSON: this.#clientData("webauthn.create", options, tricks),
        attestationObject: base64urlnopad.encode(attestation),
        transports: ["internal"],
      },
    };
  }

  /** Answers what signing in and confirming ask. */
  answer(options: Options, tricks: Tricks = {}): PasskeyAnswer {
    this.#counter = tricks.counter ?? this.#counter + 1;
    const authData = this.#facts(0, tricks);
    const clientDataJSON = this.#clientData("webauthn.get", options, tricks);
    const signed = Buffer.concat([authData, sha256(base64urlnopad.decode(clientDataJSON))]);
    return {
      ...this.#named(),
      response: {
        clientDataJSON,
        authenticatorData: base64urlnopad.encode(authData),
        signature: base64urlnopad.encode(sign("sha256", signed, this.#keys)),
        userHandle: tricks.userHandle === undefined ? this.userHandle : tricks.userHandle,
      },
    };
  }

  #named() {
    return { id: this.id, rawId: this.id, type: "public-key" } as const;
  }

  #clientData(type: string, options: Options, tricks: Tricks): string {
    const data = {
      type: tricks.type ?? type,
      challenge: tricks.challenge ?? options["challenge"],
      origin: tricks.origin ?? this.#origin,
      crossOrigin: false,
    };
    return base64urlnopad.encode(new TextEncoder().encode(JSON.stringify(data)));
  }

  /** WebAuthn section 6.1: hash of the host, flags, count. */
  #facts(flags: number, tricks: Tricks): Buffer {
    const facts = Buffer.alloc(37);
    facts.set(sha256(new TextEncoder().encode(tricks.rpId ?? this.#rpId)));
    facts[32] = PRESENT | (tricks.unverified ? 0 : VERIFIED) | flags;
    facts.writeUInt32BE(this.#counter, 33);
    return facts;
  }

  /** RFC 9053 section 7.1.1: an EC2 key for ES256. */
  #coseKey(): Buffer {
    const { x, y } = this.#public;
    return Buffer.concat([
      map(5),
      Buffer.from([0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      bytes(Buffer.from(x, "base64url")),
      Buffer.from([0x22]),
      bytes(Buffer.from(y, "base64url")),
    ]);
  }
}

function sha256(data: Uint8Array): Uint8Array {
  return createHash("sha256").update(data).digest();
}

/** CBOR (RFC 8949), as far as it is needed here: heads of maps, texts and bytes. */
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([major << 5 | length]);
  if (length < 256) return Buffer.from([major << 5 | 24, length]);
  return Buffer.from([major << 5 | 25, length >> 8, length & 255]);
}
const map = (entries: number) => head(5, entries);
const text = (value: string) => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const bytes = (value: Uint8Array) => Buffer.concat([head(2, value.length), value]);
