import { z } from "zod";
import { Secret } from "./secret.ts";

/** One setting: how it is written, what it means, what holds without it. */
export interface Setting<T> {
  /** Takes what a YAML file gives and what an environment variable gives. */
  readonly schema: z.ZodType<T>;
  /** As a person would write it; absent where the setting has no value by default. */
  readonly fallback: string | undefined;
  readonly doc: string;
  /** What may be written, for the table: `port number`, `a, b or c`. */
  readonly form: string;
  /** Replaces `OPENGUILD_<SECTION>_<KEY>`. */
  readonly env?: string;
  /** The command-line option, where there is one: `--port`. */
  readonly flag?: string;
  readonly secret?: true;
}

interface Options {
  readonly doc: string;
  readonly env?: string;
  readonly flag?: string;
}

type Fallback = { readonly fallback: string };

function make<T>(form: string, schema: z.ZodType<T>, options: Options & Partial<Fallback>) {
  return { fallback: undefined, ...options, form, schema };
}

function withFallback<T>(
  form: string,
  schema: z.ZodType<T>,
  options: Options & Partial<Fallback>,
): Setting<T | undefined> {
  return make<T | undefined>(form, schema, options);
}

/** Any text; `undefined` where it is not given and has no default. */
export function text(options: Options & Fallback): Setting<string>;
export function text(options: Options): Setting<string | undefined>;
export function text(options: Options & Partial<Fallback>): Setting<string | undefined> {
  return withFallback(
    "text",
    z.coerce.string().trim().min(1, "must not be empty").max(4096),
    options,
  );
}

/** Text that must hold to a pattern, with a sentence that says what it should be. */
export function pattern(
  options: Options & { readonly form: string; readonly pattern: RegExp; readonly message: string },
): Setting<string | undefined> {
  const { form, pattern: expected, message, ...rest } = options;
  return withFallback(form, z.string().trim().regex(expected, message), rest);
}

/** Text that the API holds to the same rule. */
export function checked(
  options: Options & { readonly form: string; readonly schema: z.ZodType<string> },
): Setting<string | undefined> {
  const { form, schema, ...rest } = options;
  return withFallback(form, schema, rest);
}

/** Text that is never shown; with `must` it has to hold to a pattern, and is not quoted if not. */
export function secret(
  options: Options & { readonly must?: { readonly be: RegExp; readonly message: string } },
): Setting<Secret | undefined> {
  const { must, ...rest } = options;
  const written = z.coerce.string().trim().min(1, "must not be empty");
  const schema = (must === undefined ? written : written.regex(must.be, must.message))
    .transform((value) => new Secret(value));
  return { ...make<Secret | undefined>("secret text", schema, rest), secret: true };
}

export function integer(
  options: Options & Fallback & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max, ...rest } = options;
  const message = `must be a whole number from ${min} to ${max}`;
  const schema = z.preprocess(
    (value) => typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value,
    z.number(message).int(message).min(min, message).max(max, message),
  );
  return make(`${min} to ${max}`, schema, rest);
}

export function yesNo(options: Options & Fallback): Setting<boolean> {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    yes: true,
    on: true,
    "1": true,
    false: false,
    no: false,
    off: false,
    "0": false,
  };
  const schema = z.preprocess(
    (value) => words[String(value).trim().toLowerCase()],
    z.boolean("must be true or false"),
  );
  return make("true or false", schema, options);
}

export function choice<const T extends readonly [string, ...string[]]>(
  options: Options & Fallback & { readonly of: T },
): Setting<T[number]> {
  const { of, ...rest } = options;
  return make<T[number]>(of.join(", "), z.enum(of, `must be one of ${of.join(", ")}`), rest);
}

/** A list: a YAML list, or one text with commas. */
export function list(options: Options & Partial<Fallback>): Setting<readonly string[]> {
  const schema = z.preprocess(
    (value) =>
      typeof value === "string"
        ? value.split(",").map((item) => item.trim()).filter((item) => item !== "")
        : value,
    z.array(z.string().min(1), "must be a list, or one text with commas"),
  );
  return make<readonly string[]>("list", schema, { fallback: "", ...options });
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kib: 1024,
  kb: 1000,
  mib: 1024 ** 2,
  mb: 1000 ** 2,
  gib: 1024 ** 3,
  gb: 1000 ** 3,
  tib: 1024 ** 4,
};

/** A size in bytes, written as `25 MiB`. */
export function bytes(options: Options & Fallback): Setting<number> {
  const message = "must be a size such as 512 KiB, 25 MiB or 2 GiB";
  return make("size", quantity(BYTE_UNITS, message), options);
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A span of time in milliseconds, written as `30s`, `15m`, `12h` or `7d`. */
export function duration(options: Options & Fallback): Setting<number> {
  const message = "must be a time with its unit, such as 500ms, 30s, 15m, 12h or 7d";
  return make("time", quantity(TIME_UNITS, message), options);
}

function quantity(units: Readonly<Record<string, number>>, message: string): z.ZodType<number> {
  return z.preprocess((value) => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim());
    const unit = units[(match?.[2] ?? "?").toLowerCase()];
    return match === null || unit === undefined ? value : Math.round(Number(match[1]) * unit);
  }, z.number(message).int(message).nonnegative(message).safe(message));
}

/** An absolute http(s) address, kept without a trailing slash. */
export function webAddress(options: Options): Setting<string | undefined> {
  const message = "must be an address such as https://chat.example.org";
  const schema = z.url({ protocol: /^https?$/, error: message })
    .transform((value) => value.replace(/\/+$/, ""));
  return withFallback("web address", schema, options);
}
