import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { Drawing, type DrawingName } from "./Drawing.tsx";
import { Footer } from "./Footer.tsx";
import { Wordmark } from "./Logo.tsx";

export function ErrorPage(props: {
  state: State;
  drawing: DrawingName;
  title: string;
  text: string;
}) {
  return (
    <div class="plain-page">
      <header>
        <Wordmark />
      </header>
      <main id="main" class="empty">
        <Drawing name={props.drawing} />
        <h1>{props.title}</h1>
        <p>{props.text}</p>
        <a class="button primary" href="/">{t("goHome")}</a>
      </main>
      {props.state.server.version !== "" && (
        <Footer
          version={props.state.server.version}
          sourceUrl={props.state.server.source_url}
          abuseContact={props.state.server.abuse_contact}
        />
      )}
    </div>
  );
}
