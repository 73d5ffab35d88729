/** One instruction of a Dockerfile, continuation lines joined. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** A build stage: its base image, its name, and what is done in it. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly steps: readonly Instruction[];
}

/** Reads the subset of the language that our Dockerfile uses; throws at anything else. */
export function parseDockerfile(text: string): Stage[] {
  const stages: { image: string; name: string | undefined; steps: Instruction[] }[] = [];
  const lines = text.replace(/\\\n\s*/g, " ").split("\n")
    .map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) {
    const match = /^([A-Z]+)\s+(.+)$/.exec(line);
    if (match === null) throw new Error(`no instruction: ${line}`);
    const [, word = "", rest = ""] = match;
    if (word === "FROM") {
      const [image = "", , name] = rest.split(/\s+(AS)\s+/i);
      stages.push({ image, name, steps: [] });
    } else {
      stages.at(-1)?.steps.push({ word, rest });
    }
  }
  return stages;
}

/** The value of an `ENV` instruction with several `NAME=value`. */
export function parseEnv(rest: string): Record<string, string> {
  return Object.fromEntries(
    rest.split(/\s+/).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
