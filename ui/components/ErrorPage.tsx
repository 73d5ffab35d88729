import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { Drawing, type DrawingName } from "./Drawing.tsx";
import { PlainPage } from "./PlainPage.tsx";

export function ErrorPage(props: {
  state: State;
  drawing: DrawingName;
  title: string;
  text: string;
}) {
  return (
    <PlainPage state={props.state}>
      <Drawing name={props.drawing} />
      <h1>{props.title}</h1>
      <p>{props.text}</p>
      <a class="button primary" href="/">{t("goHome")}</a>
    </PlainPage>
  );
}
