import { OperationError } from "../../../core/errors.ts";
import type { Passwords } from "./password_pool.ts";

export const PASSWORD_MIN_CHARS = 8;
export const PASSWORD_MAX_CHARS = 256;
/** zxcvbn's 2: more than a million guesses, so that throttled guessing does not find it. */
export const PASSWORD_MIN_SCORE = 2;

/**
 * Refuses a password that is short, common or easily guessed by one who knows `about`.
 * @throws OperationError `weak_password` whose message says why and what would help.
 */
export async function requireStrongPassword(
  deps: { readonly passwords: Pick<Passwords, "strength"> },
  password: string,
  about: readonly (string | null | undefined)[],
): Promise<void> {
  const length = [...password].length;
  if (length < PASSWORD_MIN_CHARS) {
    throw weak(`it has ${length} characters, at least ${PASSWORD_MIN_CHARS} are needed.`, 0);
  }
  if (length > PASSWORD_MAX_CHARS) {
    throw weak(`it has ${length} characters, at most ${PASSWORD_MAX_CHARS} are allowed.`, 0);
  }
  const known = about.filter((text) => typeof text === "string" && text !== "") as string[];
  const { score, common, advice } = await deps.passwords.strength(password, known);
  if (score >= PASSWORD_MIN_SCORE && !common) return;
  const why = advice.length > 0 ? advice.join(" ") : "It would be guessed quickly.";
  throw weak(`${lowerFirst(why)} Three or four unrelated words make a good one.`, score);
}

function weak(why: string, score: number): OperationError {
  return new OperationError("weak_password", `This password is not accepted: ${why}`, {
    details: { field: "password", score },
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
