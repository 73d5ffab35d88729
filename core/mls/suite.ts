import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import type { Rng } from "../ports/rng.ts";
import { makeHpke } from "./hpke.ts";
import { aead, makeMessageSuite } from "./message_suite.ts";

/** All of suite 1; the key pairs of HPKE are Web Crypto's own. */
export function makeSuite(rng: Rng): CiphersuiteImpl {
  return { ...makeMessageSuite(rng), hpke: makeHpke(aead) };
}
