import type { Theme } from "../utils.ts";

const NAME = "og_theme";

/** The look the visitor chose; without a choice the system's. */
export function readTheme(request: Request): Theme {
  const match = new RegExp(`(?:^|;\\s*)${NAME}=(light|dark)(?:;|$)`).exec(
    request.headers.get("cookie") ?? "",
  );
  return (match?.[1] as Theme | undefined) ?? "auto";
}

/** A year; not HttpOnly, because the switch in the page sets it too. It holds no secret. */
export function themeCookie(theme: Theme): string {
  return `${NAME}=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
