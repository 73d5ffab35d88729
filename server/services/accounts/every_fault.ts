import { OperationError } from "../../../core/errors.ts";

/** One of several refusals, as `details.faults` of the answer lists them. */
export interface Fault {
  readonly code: OperationError["code"];
  readonly message: string;
  readonly field: unknown;
}

/**
 * Runs all of these checks in their order, so that who filled a form hears of all that is wrong
 * with it at once. Answers what they answer. @throws the first refusal, with `details.faults`
 * where there are several
 */
export async function everyFault<const Checks extends readonly (() => unknown)[]>(
  checks: Checks,
): Promise<{ -readonly [At in keyof Checks]: Awaited<ReturnType<Checks[At]>> }> {
  const refused: OperationError[] = [];
  const answers: unknown[] = [];
  for (const check of checks) {
    try {
      answers.push(await check());
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      refused.push(error);
    }
  }
  const [first] = refused;
  if (first === undefined) {
    return answers as { -readonly [At in keyof Checks]: Awaited<ReturnType<Checks[At]>> };
  }
  if (refused.length === 1) throw first;
  const faults = refused.map(({ code, message, details }): Fault => ({
    code,
    message,
    field: details?.["field"],
  }));
  throw new OperationError(first.code, first.message, { details: { ...first.details, faults } });
}
