import { ErrorPage } from "../components/ErrorPage.tsx";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <ErrorPage state={state} drawing="lost" title={t("error.404")} text={t("error.404Text")} />
));
