import type { ComponentChildren } from "preact";
import type { State } from "../utils.ts";
import { t } from "../lib/i18n/t.ts";
import { Drawing } from "./Drawing.tsx";
import { SiteFooter } from "./Footer.tsx";
import { Wordmark } from "./Logo.tsx";
import { Notice } from "./Notice.tsx";
import { ServerBanners } from "./ServerBanners.tsx";

/** Page before sign-in: the table with an open seat beside the form. */
export function AuthPage(props: { state: State; children: ComponentChildren; wide?: boolean }) {
  const { server } = props.state;
  return (
    <div class="front">
      <ServerBanners server={server} waiting={0} />
      <div class="front-body">
        <aside class="front-side" aria-label={t("front.host")}>
          <Wordmark />
          <div class="front-art">
            <Drawing name="table" />
            <p class="front-line">{t("front.line")}</p>
          </div>
          <p class="small muted">
            {t("front.host")} <strong>{server.name}</strong>
          </p>
        </aside>
        <div class="front-main">
          <header class="front-top">
            <Wordmark />
            <span class="tag">{server.name}</span>
          </header>
          <main id="main" class={props.wide ? "front-card wide" : "front-card"}>
            {props.children}
          </main>
          <SiteFooter server={server} languagesAt={props.state.path} />
        </div>
      </div>
    </div>
  );
}

/** Before any form that signs in: why this connection cannot keep a session, and what to do. */
export function PlainHttpNotice({ state }: { state: State }) {
  if (state.canLogIn) return null;
  const { public_url: url } = state.server;
  return (
    <Notice kind="warn" icon="lock">
      <p>
        <strong>{t("plain.title")}</strong>
      </p>
      <p>{t("plain.why")}</p>
      <p>
        {url.startsWith("https://") ? <a href={url}>{t("plain.go", { url })}</a> : t("plain.what")}
      </p>
    </Notice>
  );
}
