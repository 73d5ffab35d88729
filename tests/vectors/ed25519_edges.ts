import { Point } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

/** A signature on an edge of the rules, and what ed25519-strict says to it. PROTOCOL.md 3. */
export interface EdgeCase {
  readonly name: string;
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly valid: boolean;
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const T8 = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");

function little(value: bigint, size = 32): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => Number(value >> BigInt(8 * at) & 255n));
}

function fromLittle(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return fromLittle(sha512(join(r, key, message))) % L;
}

/** The 14 encodings of points of small order: seven y, each with either sign bit. */
export function lowOrderEncodings(): Uint8Array[] {
  const points = Array.from({ length: 8 }, (_, at) => at === 0 ? Point.ZERO : times(T8, at));
  const ys = new Set(points.map((point) => point.toAffine().y));
  const all = [...ys, ...[...ys].map((y) => y + P).filter((y) => y < 2n ** 255n)];
  return all.flatMap((y) => [little(y), little(y | 1n << 255n)]);
}

function times(point: Point, count: number): Point {
  let sum = point;
  for (let step = 1; step < count; step++) sum = sum.add(point);
  return sum;
}

interface Forge {
  /** Added to the honest key and nonce point. */
  readonly keyTorsion?: Point;
  readonly nonceTorsion?: Point;
  /** What the challenge must be modulo 8. */
  readonly wanted: (k: bigint) => boolean;
}

/** A signature whose key or nonce carries a part of small order; messages are tried until the challenge fits. */
function forge(a: bigint, { keyTorsion, nonceTorsion, wanted }: Forge) {
  const honest = Point.BASE.multiply(a);
  const key = (keyTorsion === undefined ? honest : honest.add(keyTorsion)).toBytes();
  const r = 123456789n;
  const base = Point.BASE.multiply(r);
  const nonce = (nonceTorsion === undefined ? base : base.add(nonceTorsion)).toBytes();
  for (let attempt = 0;; attempt++) {
    const message = new TextEncoder().encode(`edge ${attempt}`);
    const k = challenge(nonce, key, message);
    if (!wanted(k)) continue;
    const s = (r + k * a) % L;
    return { key, message, signature: join(nonce, little(s)), r: nonce, s };
  }
}

/** The project's own edge cases, computed from the curve's definition. */
export function edgeCases(): EdgeCase[] {
  const a = 987654321987654321n;
  const any = () => true;
  const good = forge(a, { wanted: any });
  const cases: EdgeCase[] = [
    { name: "honest", ...good, valid: true },
    {
      name: "S + L: the same scalar again",
      ...good,
      signature: join(good.r, little(good.s + L)),
      valid: false,
    },
    { name: "S = L", ...good, signature: join(good.r, little(L)), valid: false },
    {
      name: "S of all ones",
      ...good,
      signature: join(good.r, new Uint8Array(32).fill(255)),
      valid: false,
    },
    { name: "63 bytes", ...good, signature: good.signature.slice(0, 63), valid: false },
    { name: "65 bytes", ...good, signature: join(good.signature, little(0n, 1)), valid: false },
    { name: "key of 31 bytes", ...good, key: good.key.slice(0, 31), valid: false },
    { name: "key off the curve", ...good, key: little(2n), valid: false },
    { name: "R off the curve", ...good, signature: join(little(2n), little(good.s)), valid: false },
    {
      name: "mixed-order key, challenge divisible by 8: the cofactorless equation holds",
      ...forge(a, { keyTorsion: T8, wanted: (k) => k % 8n === 0n }),
      valid: true,
    },
    {
      name: "mixed-order key, challenge not divisible by 8: only the cofactored one holds",
      ...forge(a, { keyTorsion: T8, wanted: (k) => k % 8n !== 0n }),
      valid: false,
    },
    {
      name: "mixed-order R: only the cofactored equation holds",
      ...forge(a, { nonceTorsion: T8, wanted: any }),
      valid: false,
    },
    {
      name: "mixed-order key and R that cancel",
      ...forge(a, { keyTorsion: T8, nonceTorsion: T8, wanted: (k) => k % 8n === 7n }),
      valid: true,
    },
  ];
  for (const [at, encoded] of lowOrderEncodings().entries()) {
    const hex = encoded.toHex();
    // With a key of small order and S = 0, R = the identity, many verifiers take any message.
    const message = little(BigInt(at), 4);
    cases.push({
      name: `key of small order ${hex}`,
      key: encoded,
      signature: join(little(1n), little(0n)),
      message,
      valid: false,
    });
    // R of small order with S = k a holds the cofactored equation for an honest key.
    const k = challenge(encoded, good.key, message);
    cases.push({
      name: `R of small order ${hex}`,
      key: good.key,
      signature: join(encoded, little(k * a % L)),
      message,
      valid: false,
    });
  }
  for (let y = 0n; y < 19n; y++) {
    const encoded = little(y + P);
    const k = challenge(encoded, good.key, good.message);
    cases.push({
      name: `R not canonical, y = p + ${y}`,
      ...good,
      signature: join(encoded, little(k * a % L)),
      valid: false,
    });
    cases.push({ name: `key not canonical, y = p + ${y}`, ...good, key: encoded, valid: false });
  }
  return cases;
}
