import { z } from "zod";
import { fromBase64 } from "../e2ee/bytes.ts";

/** Bytes in JSON: unpadded base64 as in events, of so many bytes. Read with `fromBase64`. */
export function bytesOf({ min = 0, max }: { readonly min?: number; readonly max: number }) {
  const words = min === max ? `${max} bytes` : `${min} to ${max} bytes`;
  return z.string().max(Math.ceil(max * 4 / 3))
    .refine((text) => {
      const length = fromBase64(text)?.length ?? -1;
      return length >= min && length <= max;
    }, { error: `must be unpadded base64 of ${words}` })
    .describe(`Unpadded base64 of ${words}`);
}
