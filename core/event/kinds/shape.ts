import type { JsonObject, JsonValue } from "../json.ts";

/**
 * Shapes of content: plain checks instead of a schema library, because every message passes here
 * and islands import them too. A shape says what is wrong and where, and carries its type.
 */
export interface Shape<T> {
  /** What is wrong with the value, led by its path, or undefined. */
  readonly fault: (value: JsonValue | undefined) => string | undefined;
  readonly optional: boolean;
  /** Never set: carries the type. */
  readonly as?: T;
}

export type Infer<S> = S extends Shape<infer T> ? T : never;

type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends Shape<infer T> ? undefined extends T ? K : never : never;
}[keyof F];
type Simplify<T> = { [K in keyof T]: T[K] };
type Fields = Readonly<Record<string, Shape<unknown>>>;
type ObjectOf<F extends Fields> = Simplify<
  & { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> }
  & { readonly [K in OptionalKeys<F> & keyof F]?: Exclude<Infer<F[K]>, undefined> }
>;

function shape<T>(fault: Shape<T>["fault"]): Shape<T> {
  return { fault, optional: false };
}

const encoder = new TextEncoder();

function exceeds(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || encoder.encode(text).length > maxBytes;
}

/** Text of at most `maxBytes` bytes of UTF-8, at least `minBytes` (0) UTF-16 units. */
export function text(maxBytes: number, min = 0): Shape<string> {
  return shape((value) => {
    if (typeof value !== "string") return ": text is expected";
    if (value.length < min) return ": empty";
    return exceeds(value, maxBytes) ? `: more than ${maxBytes} bytes` : undefined;
  });
}

/** A number in this range, both ends included. Canonical JSON has integers alone. */
export function integer(min: number, max: number): Shape<number> {
  return shape((value) =>
    typeof value === "number" && value >= min && value <= max
      ? undefined
      : `: an integer from ${min} to ${max} is expected`
  );
}

export const flag: Shape<boolean> = shape((value) =>
  typeof value === "boolean" ? undefined : ": true or false is expected"
);

/** One of these words. */
export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(words);
  return shape((value) =>
    known.has(value) ? undefined : `: one of ${words.join(", ")} is expected`
  );
}

/** Text that an id's parser takes. */
export function id<T extends string>(
  parse: (text: string) => T | undefined,
  name: string,
): Shape<T> {
  return shape((value) =>
    typeof value === "string" && parse(value) !== undefined ? undefined : `: ${name} is expected`
  );
}

/** Text that matches; `name` says in faults what it should have been. */
export function pattern(expression: RegExp, name: string): Shape<string> {
  return shape((value) =>
    typeof value === "string" && expression.test(value) ? undefined : `: ${name} is expected`
  );
}

/** A list of `min` to `max` items of one shape. */
export function list<T>(item: Shape<T>, max: number, min = 0): Shape<readonly T[]> {
  return shape((value) => {
    if (!Array.isArray(value)) return ": a list is expected";
    if (value.length < min || value.length > max) return `: ${min} to ${max} items are expected`;
    for (let index = 0; index < value.length; index++) {
      const fault = item.fault(value[index]);
      if (fault !== undefined) return `[${index}]${fault}`;
    }
    return undefined;
  });
}

/** An object with at least these fields; others are carried and ignored. */
export function object<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const entries = Object.entries(fields);
  return shape((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return ": an object is expected";
    }
    const object = value as JsonObject;
    for (const [name, field] of entries) {
      const member = Object.hasOwn(object, name) ? object[name] : undefined;
      if (member === undefined && field.optional) continue;
      const fault = field.fault(member);
      if (fault !== undefined) return `.${name}${fault}`;
    }
    return undefined;
  });
}

/** As `object`, and no other fields. */
export function closedObject<const F extends Fields>(fields: F): Shape<ObjectOf<F>> {
  const open = object(fields);
  return shape((value) => {
    const fault = open.fault(value);
    if (fault !== undefined) return fault;
    const extra = Object.keys(value as JsonObject).find((name) => !Object.hasOwn(fields, name));
    return extra === undefined ? undefined : `.${extra}: an unknown field`;
  });
}

/** An object used as a table: keys that `isKey` takes, at most `max`, all members of one shape. */
export function table<T>(
  member: Shape<T>,
  options: { readonly isKey: (key: string) => boolean; readonly max: number },
): Shape<Readonly<Record<string, T>>> {
  return shape((value) => {
    const fault = object({}).fault(value);
    if (fault !== undefined) return fault;
    const entries = Object.entries(value as JsonObject);
    if (entries.length > options.max) return `: more than ${options.max} entries`;
    for (const [key, item] of entries) {
      if (!options.isKey(key)) return `: "${key}" is no key of it`;
      const inside = member.fault(item);
      if (inside !== undefined) return `.${key}${inside}`;
    }
    return undefined;
  });
}

/** A field that may be absent; where it is there, it has the shape. */
export function optional<T>(inner: Shape<T>): Shape<T | undefined> {
  return { fault: inner.fault, optional: true };
}

/** Adds a rule that needs the whole value. `rule` sees only values of the right shape. */
export function refine<T>(inner: Shape<T>, rule: (value: T) => string | undefined): Shape<T> {
  return shape((value) => inner.fault(value) ?? rule(value as T));
}
