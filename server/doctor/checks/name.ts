import type { Config } from "../../config/config.ts";
import { isTrial, publicUrl, serverName } from "../../config/derived.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

const CHECK = "name";

/** The configured name is the one that the stored accounts have, and links lead to it. */
export function checkName(
  config: Pick<Config, "server" | "tls" | "listen">,
  storedName: string | undefined,
): Finding[] {
  const name = serverName(config);
  if (storedName !== undefined && storedName !== name) {
    return [
      problem(
        CHECK,
        `The database belongs to "${storedName}", the configuration says "${name}".`,
        `Set server.name to ${storedName}, or use a new database: a server's name is for ever.`,
      ),
    ];
  }
  if (isTrial(config)) {
    return [
      warning(
        CHECK,
        "This is a trial on localhost: its accounts can never meet other servers.",
        "Start for real in a new folder: openguild init --name example.org --data FOLDER",
      ),
    ];
  }
  const address = publicUrl(config, config.listen.port);
  const host = new URL(address).hostname;
  if (host === "localhost" || host === "127.0.0.1") {
    return [
      warning(
        CHECK,
        `The name is ${name}, but links lead to ${address}.`,
        "Set server.public_url to the address under which people open the server.",
      ),
    ];
  }
  return [ok(CHECK, `${name}, opened at ${address}.`)];
}
