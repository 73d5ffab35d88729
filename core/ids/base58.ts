/**
 * base58 (Bitcoin alphabet) of exactly 16 or 32 bytes: the two sizes that ids are made of.
 * Fixed sizes need no division of big numbers: each 16-bit word is multiplied with a row of a
 * table, all sums stay below 2^50, and an id costs under a microsecond. PROTOCOL.md 3.
 */
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Five base58 digits are handled as one digit of this base. */
const LIMB = 58 ** 5;
const DIGITS_PER_LIMB = 5;

const CODE_OF_DIGIT = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0));
const DIGIT_OF_CODE = new Int8Array(128).fill(-1);
for (let digit = 0; digit < ALPHABET.length; digit++) {
  DIGIT_OF_CODE[ALPHABET.charCodeAt(digit)] = digit;
}

interface Size {
  /** Bytes, even. */
  readonly size: number;
  /** Limbs that hold the largest number of that size. */
  readonly limbs: number;
}

function digitsOf(value: bigint, options: { base: bigint; count: number }): number[] {
  const digits = new Array<number>(options.count).fill(0);
  for (let at = options.count - 1; at >= 0; at--) {
    digits[at] = Number(value % options.base);
    value /= options.base;
  }
  return digits;
}

/** The cell of a table row; a table is as large as the loops over it by construction. */
function cell(table: Float64Array, at: number): number {
  return table[at] as number;
}

// Scratch space in the two functions below: every use clears it first and no call suspends, so
// nothing outlives a call.

function createEncoder({ size, limbs }: Size): (bytes: Uint8Array) => string {
  const words = size / 2;
  const width = limbs * DIGITS_PER_LIMB;
  const table = new Float64Array(words * limbs);
  for (let word = 0; word < words; word++) {
    const power = 1n << BigInt(16 * (words - 1 - word));
    table.set(digitsOf(power, { base: BigInt(LIMB), count: limbs }), word * limbs);
  }
  const limbScratch = new Float64Array(limbs);
  const codeScratch = new Uint8Array(width);

  return function encode(bytes: Uint8Array): string {
    if (bytes.length !== size) {
      throw new RangeError(`Cannot write ${bytes.length} bytes as base58: ${size} are expected`);
    }
    const sums = limbScratch.fill(0);
    for (let word = 0; word < words; word++) {
      const value = ((bytes[2 * word] as number) << 8) | (bytes[2 * word + 1] as number);
      if (value === 0) continue;
      const row = word * limbs;
      for (let limb = 0; limb < limbs; limb++) {
        sums[limb] = cell(sums, limb) + value * cell(table, row + limb);
      }
    }
    const codes = codeScratch;
    let carry = 0;
    for (let limb = limbs - 1; limb >= 0; limb--) {
      const sum = cell(sums, limb) + carry;
      carry = Math.floor(sum / LIMB);
      let rest = sum - carry * LIMB;
      for (let digit = DIGITS_PER_LIMB - 1; digit >= 0; digit--) {
        const next = Math.floor(rest / 58);
        codes[limb * DIGITS_PER_LIMB + digit] = CODE_OF_DIGIT[rest - next * 58] as number;
        rest = next;
      }
    }
    let start = 0;
    while (start < width && codes[start] === CODE_OF_DIGIT[0]) start++;
    for (let at = 0; at < size && bytes[at] === 0; at++) start--;
    return Reflect.apply(String.fromCharCode, undefined, codes.subarray(start));
  };
}

function createDecoder(
  { size, limbs }: Size,
): (text: string) => Uint8Array<ArrayBuffer> | undefined {
  const words = size / 2;
  const width = limbs * DIGITS_PER_LIMB;
  const maxLength = Math.ceil((size * 8) / Math.log2(58));
  const table = new Float64Array(limbs * words);
  for (let limb = 0; limb < limbs; limb++) {
    const power = BigInt(LIMB) ** BigInt(limbs - 1 - limb);
    table.set(digitsOf(power, { base: 65536n, count: words }), limb * words);
  }
  const limbScratch = new Float64Array(limbs);
  const wordScratch = new Float64Array(words);

  return function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
    const length = text.length;
    if (length < size || length > maxLength) return undefined;
    const digits = limbScratch.fill(0);
    const pad = width - length;
    let ones = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      const digit = code < 128 ? DIGIT_OF_CODE[code] as number : -1;
      if (digit < 0) return undefined;
      if (digit === 0 && ones === at) ones++;
      const limb = ((pad + at) / DIGITS_PER_LIMB) | 0;
      digits[limb] = cell(digits, limb) * 58 + digit;
    }
    const sums = wordScratch.fill(0);
    for (let limb = 0; limb < limbs; limb++) {
      const value = cell(digits, limb);
      if (value === 0) continue;
      const row = limb * words;
      for (let word = 0; word < words; word++) {
        sums[word] = cell(sums, word) + value * cell(table, row + word);
      }
    }
    const bytes = new Uint8Array(size);
    let carry = 0;
    for (let word = words - 1; word >= 0; word--) {
      const sum = cell(sums, word) + carry;
      carry = Math.floor(sum / 65536);
      const value = sum - carry * 65536;
      bytes[2 * word] = value >> 8;
      bytes[2 * word + 1] = value & 255;
    }
    if (carry !== 0) return undefined;
    let zeros = 0;
    while (zeros < size && bytes[zeros] === 0) zeros++;
    return zeros === ones ? bytes : undefined;
  };
}

const SIZE_32: Size = { size: 32, limbs: 9 };
const SIZE_16: Size = { size: 16, limbs: 5 };

/** 32 bytes as base58, 32..44 characters. Throws RangeError for any other size. */
export const encodeBase58Of32: (bytes: Uint8Array) => string = createEncoder(SIZE_32);
/** The 32 bytes, or undefined unless `text` is their one encoding. */
export const decodeBase58To32: (text: string) => Uint8Array<ArrayBuffer> | undefined =
  createDecoder(SIZE_32);
/** 16 bytes as base58, 16..22 characters. Throws RangeError for any other size. */
export const encodeBase58Of16: (bytes: Uint8Array) => string = createEncoder(SIZE_16);
/** The 16 bytes, or undefined unless `text` is their one encoding. */
export const decodeBase58To16: (text: string) => Uint8Array<ArrayBuffer> | undefined =
  createDecoder(SIZE_16);
