import { language, t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

export default define.layout(({ Component, state }) => (
  <html lang={language().code} dir={language().dir} data-theme={state.theme}>
    <head>
      <meta charset="utf-8" />
      <meta
        name="viewport"
        content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
      />
      <title>
        {state.title === "" ? state.server.name : `${state.title} · ${state.server.name}`}
      </title>
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      <link rel="manifest" href="/manifest.webmanifest" />
      <meta name="color-scheme" content={state.theme === "auto" ? "light dark" : state.theme} />
      <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f0efe9" />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1516" />
    </head>
    <body>
      <a class="skip" href="#main">{t("skipToContent")}</a>
      <Component />
    </body>
  </html>
));
