import { limits } from "../../core/limits.ts";
import type { TransportError } from "../ports.ts";

/** How much goes into one transaction after the other refused a larger one. */
export interface Narrowing {
  readonly maxPdus: number;
  /** How often the one event that is left was refused alone. */
  readonly aloneRefused: number;
}

export const WIDE: Narrowing = { maxPdus: limits.transaction.maxPdus, aloneRefused: 0 };

/** After so many refusals of one event alone it is left out: it must not hold up the others. */
export const ALONE_REFUSED_MAX = 3;

/** Statuses by which a server says that it will never take this body. */
const BODY_REFUSED: ReadonlySet<number> = new Set([400, 413, 415, 422]);
/** What stands before a server may say this one in its own words. */
const TOO_LARGE = 413;

/** Whether the other refused this very body, so that to repeat it is useless. */
export function refusesBody(error: TransportError): boolean {
  const { status } = error.details;
  return status === TOO_LARGE ||
    (error.kind === "refused" && status !== undefined && BODY_REFUSED.has(status));
}

export type Narrowed =
  /** Try again at once without the EDUs, or with fewer events. */
  | { readonly kind: "less"; readonly narrowing: Narrowing }
  /** Try again later. */
  | { readonly kind: "later"; readonly narrowing: Narrowing }
  /** Go on without the one event. */
  | { readonly kind: "skip" };

/**
 * What follows when a body was refused: first without its EDUs, which are given up; then by
 * halves down to the one event that is the cause; after some refusals of that alone, without it.
 */
export function narrow(
  former: Narrowing,
  refused: { readonly pdus: number; readonly edus: number },
): Narrowed {
  if (refused.edus > 0 && refused.pdus > 0) return { kind: "less", narrowing: former };
  if (refused.pdus > 1) {
    return {
      kind: "less",
      narrowing: { maxPdus: Math.floor(refused.pdus / 2), aloneRefused: 0 },
    };
  }
  const aloneRefused = former.aloneRefused + 1;
  if (refused.pdus === 1 && aloneRefused >= ALONE_REFUSED_MAX) return { kind: "skip" };
  return { kind: "later", narrowing: { ...former, aloneRefused } };
}
