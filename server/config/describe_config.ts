import type { ConfigurationEntry } from "../../core/api/admin_server.ts";
import { allSettings, type Config } from "./config.ts";
import { Secret } from "./secret.ts";

/** Which of the settings can be changed while the server runs, and by which name. */
export const RUNTIME_SETTINGS: Readonly<Record<string, string>> = {
  "server.title": "server_title",
  "server.description": "server_description",
  "server.abuse_contact": "abuse_contact",
  "accounts.registration": "registration_mode",
  "accounts.approval": "registration_approval",
  "accounts.require_email": "registration_email",
  "federation.allow": "federation_allow",
  "federation.block": "federation_block",
  "accounts.invite_links_open_registration": "invite_links_open_registration",
};

/** Every setting as it was read at the start, for people: secrets stay hidden. */
export function describeConfig(config: Config): ConfigurationEntry[] {
  return allSettings().map(({ section, key, id, env, setting }) => {
    const values = config[section.name as keyof Config] as unknown as Record<string, unknown>;
    const value = values[key];
    const secret = setting.secret === true || value instanceof Secret;
    return {
      id,
      section: section.name,
      doc: setting.doc,
      form: setting.form,
      env,
      flag: setting.flag ?? null,
      value: secret ? null : written(value, setting.form),
      secret,
      set: value !== undefined,
      origin: config.origins.get(id) ?? "default",
      setting: RUNTIME_SETTINGS[id] ?? null,
    };
  });
}

const SIZES = [["GiB", 1024 ** 3], ["MiB", 1024 ** 2], ["KiB", 1024]] as const;
const TIMES = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000]] as const;

/** As a person would write it; a password inside an address is left out. */
function written(value: unknown, form: string): string | null {
  if (value === undefined || value === null) return null;
  if (form === "size" && typeof value === "number") return withUnit(value, SIZES, "B", " ");
  if (form === "time" && typeof value === "number") return withUnit(value, TIMES, "ms", "");
  const text = Array.isArray(value) ? value.join(", ") : String(value);
  return text.replace(/\/\/[^/\s@]*@/g, "//…@");
}

function withUnit(
  value: number,
  units: readonly (readonly [string, number])[],
  smallest: string,
  gap: string,
): string {
  const unit = value === 0 ? undefined : units.find(([, size]) => value % size === 0);
  return unit === undefined ? `${value}${gap}${smallest}` : `${value / unit[1]}${gap}${unit[0]}`;
}
