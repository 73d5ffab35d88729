import { createPublicKey, type KeyObject, verify } from "node:crypto";
import {
  passesStrictBytes,
  type SignatureCheck,
  type SignatureVerifier,
} from "../../core/event/verify.ts";

/**
 * ed25519-strict answered at once, so that a history does not depend on threads; every server of
 * a history asks the same questions, so each is answered once.
 */
export class FastVerifier implements SignatureVerifier {
  readonly #answers = new Map<string, boolean>();
  readonly #keys = new Map<string, KeyObject>();

  verify({ key, signature, message }: SignatureCheck): Promise<boolean> {
    const question = `${key.toBase64()} ${signature.toBase64()} ${message.toBase64()}`;
    let answer = this.#answers.get(question);
    if (answer === undefined) {
      answer = passesStrictBytes(key, signature) &&
        verify(null, message, this.#key(key), signature);
      this.#answers.set(question, answer);
    }
    return Promise.resolve(answer);
  }

  #key(bytes: Uint8Array): KeyObject {
    const x = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    const known = this.#keys.get(x);
    if (known !== undefined) return known;
    const made = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    this.#keys.set(x, made);
    return made;
  }
}
