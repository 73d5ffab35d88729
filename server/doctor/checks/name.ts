import type { Config } from "../../config/config.ts";
import { isTrial, publicUrl, serverName } from "../../config/derived.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { isOwnMachine } from "../../../core/own_machine.ts";

const CHECK = "name";

/** The configured name is the one that the stored accounts have, and links lead to it. */
export function checkName(
  config: Pick<Config, "server" | "tls" | "listen">,
  storedName: string | undefined,
): Finding[] {
  const name = serverName(config);
  if (storedName !== undefined && storedName !== name) {
    return [
      problem(CHECK, ["name.other", "name.other"], { stored: storedName, name }),
    ];
  }
  if (isTrial(config)) {
    return [warning(CHECK, ["name.trial", "name.trial"])];
  }
  const address = publicUrl(config, config.listen.port);
  const host = new URL(address).hostname;
  if (isOwnMachine(host)) {
    return [warning(CHECK, ["name.links", "name.links"], { name, address })];
  }
  return [ok(CHECK, "name.good", { name, address })];
}
