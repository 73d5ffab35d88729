/// <reference lib="deno.worker" />
import { argon2id, argon2Verify } from "hash-wasm";
import {
  ARGON2,
  type PasswordAnswer,
  type PasswordJob,
  type Strength,
  STRENGTH_CHARS,
} from "./password_job.ts";

type Checker = (password: string, about: string[]) => Strength;

let checker: Promise<Checker> | undefined;

/** The dictionaries take 70 MB: they are loaded when the first password is judged. */
async function loadChecker(): Promise<Checker> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
  const listed = new Set<unknown>(common.dictionary["passwords-common"]);
  return (password, about) => {
    const { score, feedback } = zxcvbn.check(password.slice(0, STRENGTH_CHARS), about);
    const advice = [feedback.warning, ...feedback.suggestions].filter((text) =>
      typeof text === "string" && text !== ""
    );
    return { score, common: listed.has(password.toLowerCase()), advice: advice as string[] };
  };
}

async function perform(job: PasswordJob): Promise<string | boolean | Strength> {
  switch (job.kind) {
    case "hash":
      return await argon2id({
        password: job.password,
        salt: job.salt,
        memorySize: ARGON2.memoryKib,
        iterations: ARGON2.iterations,
        parallelism: ARGON2.parallelism,
        hashLength: ARGON2.hashBytes,
        outputType: "encoded",
      });
    case "verify":
      return await argon2Verify({ password: job.password, hash: job.encoded });
    case "strength": {
      checker ??= loadChecker();
      return (await checker)(job.password, [...job.about]);
    }
  }
}

self.onmessage = async (message: MessageEvent<PasswordJob>) => {
  let answer: PasswordAnswer;
  try {
    answer = { ok: true, value: await perform(message.data) };
  } catch (error) {
    answer = { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(answer);
};
