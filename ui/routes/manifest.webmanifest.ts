import { language, t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

const icon = (src: string, sizes: string, purpose: "any" | "maskable") => ({
  src,
  sizes,
  type: src.endsWith(".svg") ? "image/svg+xml" : "image/png",
  purpose,
});

/** How the app looks when it is installed: under the server's own name. */
export const handler = define.handlers({
  GET(ctx) {
    const { name } = ctx.state.server;
    const { code, dir } = language();
    const small = [icon("/icon-192.png", "192x192", "any")];
    const manifest = {
      id: "/",
      name,
      short_name: name,
      description: t("front.text"),
      lang: code,
      dir,
      start_url: "/",
      scope: "/",
      display: "standalone",
      background_color: "#f2f1ea",
      theme_color: "#0e5a52",
      categories: ["social"],
      icons: [
        icon("/favicon.svg", "any", "any"),
        ...small,
        icon("/icon-512.png", "512x512", "any"),
        icon("/icon-maskable-512.png", "512x512", "maskable"),
      ],
      shortcuts: [
        { name: t("install.conversations"), url: "/home", icons: small },
        { name: t("install.settings"), url: "/settings/profile", icons: small },
      ],
    };
    return new Response(JSON.stringify(manifest), {
      headers: {
        "content-type": "application/manifest+json",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
      },
    });
  },
});
