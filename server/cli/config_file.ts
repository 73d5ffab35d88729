import { join } from "node:path";
import { type Config, CONFIG_FILE_NAME } from "../config/config.ts";
import { allSettings } from "../config/config.ts";

/**
 * Writes the settings that were given as options into a new configuration file. What the
 * environment says stays there, and secrets are never written.
 */
export async function writeConfigFile(config: Config): Promise<string> {
  const path = join(config.dataFolder, CONFIG_FILE_NAME);
  await Deno.writeTextFile(path, fileText(config), { createNew: true, mode: 0o600 });
  return path;
}

function fileText(config: Config): string {
  const lines = ["# Every setting: docs/OPERATIONS.md, or openguild serve --help."];
  let open = "";
  for (const { section, key, id, setting } of allSettings()) {
    const isName = id === "server.name";
    if (setting.secret || (config.origins.get(id) !== "flag" && !isName)) continue;
    const values = config[section.name as keyof Config] as Readonly<Record<string, unknown>>;
    if (section.name !== open) lines.push(`${section.name}:`);
    open = section.name;
    if (isName) lines.push("  # For ever: it stands in every account and room.");
    lines.push(`  ${id.slice(section.name.length + 1)}: ${JSON.stringify(values[key])}`);
  }
  return lines.join("\n") + "\n";
}
