import { defineSection } from "../section.ts";
import { choice } from "../setting.ts";

export const logSection = defineSection({
  name: "log",
  doc: "What the server writes to its standard error.",
  settings: {
    level: choice({
      of: ["debug", "info", "warn", "error"],
      fallback: "info",
      flag: "--log-level",
      doc: "The least important lines that are written.",
    }),
    format: choice({
      of: ["auto", "json", "text"],
      fallback: "auto",
      flag: "--log-format",
      doc: "`json` for machines, `text` for people; `auto` is text on a terminal.",
    }),
  },
});
