/** An invariant that does not hold: a fault of ours, never of the input. Kept in production. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** @throws AssertionError where `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the case that the types rule out; the compiler complains where one is left. @throws AssertionError */
export function unreachable(value: never, message: string): never {
  throw new AssertionError(`${message}: ${String(value)}`);
}
