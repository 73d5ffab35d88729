import { HttpError } from "fresh";
import { ErrorPage } from "../components/ErrorPage.tsx";
import { ApiError } from "../lib/api/request.ts";
import { errorText } from "../lib/i18n/error_text.ts";
import { t } from "../lib/i18n/t.ts";
import { define } from "../utils.ts";

export default define.page(({ state, error }) => {
  const refused = error instanceof HttpError && error.status < 500;
  const known = refused || error instanceof HttpError && error.status === 503;
  return (
    <ErrorPage
      state={state}
      drawing="door"
      title={refused ? t("error.refused") : t("error.500")}
      text={error instanceof ApiError
        ? errorText(error)
        : known
        ? error.message
        : t("error.500Text")}
    />
  );
});
