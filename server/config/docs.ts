import { allSettings, CONFIG_FILE_NAME, sections } from "./config.ts";

/** The settings as Markdown tables, a section each: part of docs/OPERATIONS.md. */
export function settingsDocument(): string {
  return sections().map((section) => {
    const rows = allSettings().filter((entry) => entry.section === section)
      .map(({ id, env, setting }) => {
        const fallback = setting.fallback === undefined || setting.fallback === ""
          ? "none"
          : `\`${setting.fallback}\``;
        const flag = setting.flag === undefined ? "" : ` \`${setting.flag}\``;
        return `| \`${id}\` | \`${env}\`${flag} | ${setting.form} | ${fallback} | ${setting.doc} |`;
      });
    return [
      `### \`${section.name}\``,
      "",
      section.doc,
      "",
      `| in \`${CONFIG_FILE_NAME}\` | variable, option | value | default | meaning |`,
      "| --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n");
  }).join("\n\n");
}
