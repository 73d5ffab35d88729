import type { ApiError } from "../api/request.ts";
import type { CallTrouble } from "../store/voice.ts";

const TROUBLES: Readonly<Partial<Record<ApiError["code"], CallTrouble>>> = {
  voice_full: "full",
  forbidden: "forbidden",
  not_found: "forbidden",
  voice_unavailable: "unavailable",
};

/** What the panel of a call says about a refusal; undefined: its own words will do. */
export function troubleOf({ code, details }: ApiError): CallTrouble | undefined {
  if (details.reason === "address_shown") return "address";
  if (details.reason === "server_away") return "serverAway";
  const isElsewhere = details.server !== undefined;
  return code === "voice_unavailable" && isElsewhere ? "serverOff" : TROUBLES[code];
}
