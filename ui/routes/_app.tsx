import { ENGINE_FILE, VOICE_FILE } from "../lib/assets.ts";
import { language, t } from "../lib/i18n/t.ts";
import type { Theme } from "../lib/look.ts";
import { tellZone } from "../lib/time_zone.ts";
import { VISIT_AGAIN_MS } from "../../core/api/sync.ts";
import { define, type State } from "../utils.ts";

const LIGHT = "#f0efe9";
const DARK = "#0d1516";

/** Others see that somebody is here, whatever page it is. Without characters that HTML would escape. */
const SAY_HERE = "setInterval(function(){" +
  "fetch('/client/v1/account/here').catch(function(){})" +
  `},${VISIT_AGAIN_MS})`;

/** What the browser around the page is colored by. */
function ThemeColors({ theme }: { theme: Theme }) {
  if (theme === "auto") {
    return (
      <>
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content={LIGHT} />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content={DARK} />
      </>
    );
  }
  const dark = theme.endsWith("dark");
  return (
    <>
      <meta name="color-scheme" content={dark ? "dark" : "light"} />
      <meta name="theme-color" content={dark ? DARK : LIGHT} />
    </>
  );
}

function ZoneScript({ req, state }: { req: Request; state: State }) {
  const script = tellZone(req, state.saysHere);
  return script === undefined ? null : <script nonce={state.nonce}>{script}</script>;
}

export default define.layout(({ Component, state, req }) => (
  <html
    lang={language().code}
    dir={language().dir}
    data-clock={language().clock}
    data-theme={state.look.theme}
    data-density={state.look.density}
    data-size={state.look.size}
    data-motion={state.look.motion}
  >
    <head>
      <meta charset="utf-8" />
      <meta
        name="viewport"
        content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
      />
      <title>
        {[state.title, state.server.title ?? state.server.name].filter(Boolean).join(" · ")}
      </title>
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      <link rel="apple-touch-icon" href="/icon-180.png" />
      <link rel="manifest" href="/manifest.webmanifest" />
      <meta name="og-build" content={state.assets.build} />
      <meta name="og-engine" content={state.assets.data[ENGINE_FILE]} />
      <meta name="og-voice" content={state.assets.data[VOICE_FILE]} />
      <ThemeColors theme={state.look.theme} />
      {state.saysHere && <script nonce={state.nonce}>{SAY_HERE}</script>}
      <ZoneScript req={req} state={state} />
    </head>
    <body>
      {state.look.ownStyle && <link rel="stylesheet" href="/own.css" />}
      <a class="skip" href="#main">{t("skipToContent")}</a>
      <Component />
    </body>
  </html>
));
