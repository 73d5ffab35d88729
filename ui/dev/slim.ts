import type { Plugin } from "esbuild";

const CODECS = /node_modules[\\/]ts-mls[\\/]dist[\\/].*\.js$/;
/** Functions of ts-mls that only put codecs together: a codec that nobody uses need not be made. */
const PURE =
  /(?<!function |\.)\b(encode|encoder|(?:flatM|m)apDecoder(?:s|Option|sOption)?|orDecoder|contramapBufferEncoders?|composeBufferEncoders|varLenTypeEncoder|decodeVarLenType|optionalEncoder|decodeOptional|enumNumber(?:Encoder|ToKey)|openEnumNumber(?:Encoder|ToKey)|numberRecordEncoder|decodeNumberRecord|bigintMapEncoder|decodeBigintMap|reverseMap)\(/g;

/** Lets a bundle go without the codecs of ts-mls that it does not use. */
export function withoutUnusedCodecs(): Plugin {
  return {
    name: "codecs",
    setup(build) {
      // In whichever namespace: later parts have some of them of their own.
      build.onLoad({ filter: CODECS }, async ({ path }) => ({
        contents: (await Deno.readTextFile(path)).replace(PURE, "/* @__PURE__ */ $1("),
        resolveDir: path.slice(0, path.lastIndexOf("/")),
        loader: "js",
      }));
    },
  };
}

const LIMITS = /core[\\/]limits\.ts$/;

interface Inputs {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What these sources name of `core/limits.ts`: `group.limit`, or a group where they take it whole. */
export async function namedLimits(
  { inputs }: Inputs,
  readSource: (path: string) => Promise<string>,
): Promise<string[]> {
  const found = new Set<string>();
  for (const path of Object.keys(inputs)) {
    if (path.includes("node_modules") || LIMITS.test(path)) continue;
    const source = await readSource(path);
    if (/[=(,:]\s*limits\s*[;,)}]/.test(source)) {
      throw new Error(`${path} takes all limits at once: name the group, as in limits.json`);
    }
    for (const [, name = ""] of source.matchAll(/\blimits\.(\w+(?:\.\w+)?)/g)) found.add(name);
  }
  return [...found].sort();
}

/** Gives a bundle these limits and groups of them alone. */
export function onlyLimits(names: readonly string[]): Plugin {
  return {
    name: "limits",
    setup(build) {
      build.onLoad({ filter: LIMITS, namespace: "file" }, async () => {
        const { limits } = await import("../../core/limits.ts");
        const kept = Object.entries(limits).map(([group, values]) => {
          const isKept = (name: string) =>
            names.includes(group) || names.includes(`${group}.${name}`);
          return [group, Object.entries(values).filter(([name]) => isKept(name))] as const;
        }).filter(([, values]) => values.length > 0);
        const contents = `export const limits = ${
          JSON.stringify(Object.fromEntries(kept.map(([group, values]) => [
            group,
            Object.fromEntries(values),
          ])))
        };`;
        return { contents, loader: "js" };
      });
    },
  };
}

const MARKED = /node_modules[\\/]marked[\\/]lib[\\/]marked\.esm\.js$/;
/** Of marked's module: the parser for everybody that it makes as it loads, and its exports. */
const MARKED_END =
  /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([\s\S]*export\{([^}]*)\};/;

/** Gives a bundle the lexer of marked alone: the rest writes HTML, which nothing here does. */
export function onlyLexer(): Plugin {
  return {
    name: "lexer",
    setup(build) {
      build.onLoad({ filter: MARKED, namespace: "file" }, async ({ path }) => {
        const source = await Deno.readTextFile(path);
        const lexer = /(\w+) as Lexer\b/.exec(MARKED_END.exec(source)?.[2] ?? "")?.[1];
        if (!lexer) throw new Error(`${path} does not end as it did: see MARKED_END in slim.ts`);
        return { contents: source.replace(MARKED_END, `export{${lexer} as Lexer};`), loader: "js" };
      });
    },
  };
}
