import manifest from "../../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** `openguild 0.1.0 (Deno 2.9.6)`. */
export function versionLine(): string {
  return `openguild ${VERSION} (Deno ${Deno.version.deno})`;
}
