import { page } from "fresh";
import { AuthPage } from "../../components/AuthPage.tsx";
import { ErasureCard } from "../../components/ErasureCard.tsx";
import { Notice } from "../../components/Notice.tsx";
import CopyText from "../../islands/CopyText.tsx";
import { ApiError } from "../../lib/api/request.ts";
import type { CallResult } from "../../lib/api/types.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { formatFull } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { define } from "../../utils.ts";

interface Data {
  found: CallResult<"readErasures"> | null;
  address: string;
  timeZone: string;
}

/** What each server made of an erasure, for somebody whose account has ended. */
export const handler = define.handlers<Data>({
  async GET(ctx) {
    ctx.state.title = t("erase.linkTitle");
    const token = ctx.params["token"] ?? "";
    const found = await ctx.state.api.call("readErasures", { params: { token } })
      .catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      });
    return page(
      { found, address: ctx.url.href, timeZone: readTimeZone(ctx.req) },
      { status: found === null ? 404 : 200 },
    );
  },
});

export default define.page<typeof handler>(({ data: { found, address, timeZone }, state }) => (
  <AuthPage state={state}>
    <h1>{t("erase.linkTitle")}</h1>
    {found === null ? <Notice kind="warn">{t("erase.linkGone")}</Notice> : (
      <>
        <p class="lead">
          {t("erase.linkText", { until: formatFull(found.expires_ts, timeZone) })}
        </p>
        <p class="mono small break">{address}</p>
        <CopyText text={address} />
        {found.erasures.map((erasure) => (
          <ErasureCard key={erasure.seq} erasure={erasure} nowMs={state.nowMs} />
        ))}
        <p>
          <a class="button" href={new URL(address).pathname}>{t("erase.linkLook")}</a>
        </p>
      </>
    )}
  </AuthPage>
));
