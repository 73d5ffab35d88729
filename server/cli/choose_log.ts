import type { Log } from "../../core/ports/log.ts";
import type { Config } from "../config/config.ts";
import { jsonLog } from "../system/log.ts";
import { textLog } from "../system/text_log.ts";
import type { CliIo } from "./io.ts";

/** The log as configured: for people on a terminal, JSON lines elsewhere. */
export function chooseLog(config: Pick<Config, "log">, io: CliIo): Log {
  const text = config.log.format === "text" || (config.log.format === "auto" && io.errIsTerminal);
  const options = {
    level: config.log.level,
    clock: io.clock,
    write: (line: string) => io.err(line),
  };
  return text ? textLog(options) : jsonLog(options);
}
