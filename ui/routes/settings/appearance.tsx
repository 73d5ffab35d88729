import { ActForm, Check } from "../../components/FormParts.tsx";
import { LookSample } from "../../components/LookSample.tsx";
import { Notice } from "../../components/Notice.tsx";
import { AccountPage } from "../../components/AccountPage.tsx";
import { ThemeCards } from "../../components/ThemeCards.tsx";
import LookPreview from "../../islands/LookPreview.tsx";
import { ApiError } from "../../lib/api/request.ts";
import { clockFor } from "../../lib/clock.ts";
import { formatTime } from "../../lib/format/time.ts";
import { formPage, NOTHING } from "../../lib/form_page.ts";
import { readForm, text } from "../../lib/forms.ts";
import { errorText } from "../../lib/i18n/error_text.ts";
import { language, t } from "../../lib/i18n/t.ts";
import { OWN_STYLE_CHARS } from "../../lib/limits.ts";
import { CLOCKS, DENSITIES, lookCookie, lookOf, SIZES, wantsOwnStyle } from "../../lib/look.ts";
import { readTimeZone } from "../../lib/time_zone.ts";
import { define } from "../../utils.ts";

/** Where the two ways to write a time differ. */
const AFTERNOON_MS = (14 * 60 + 5) * 60_000;

const reading = formPage(async (ctx) => {
  ctx.state.title = t("settings.appearance");
  const [self, { css }] = await Promise.all([
    ctx.state.api.call("getAccount"),
    ctx.state.api.call("getOwnStyle"),
  ]);
  const clocks = CLOCKS.map((value) => {
    const clock = clockFor(value, language(), ctx.req.headers);
    const time = formatTime(AFTERNOON_MS, "UTC", { ...language(), clock });
    return [value, t(`appearance.clock.${value}`, { time })] as const;
  });
  const safe = ctx.url.searchParams.has("safe");
  return { self, css, clocks, own: wantsOwnStyle(ctx.req), safe, timeZone: readTimeZone(ctx.req) };
}, {});

export const handler = define.handlers({
  GET: reading.GET,
  /** The device keeps the look in a cookie, the account the sheet. */
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const named = Object.fromEntries(
      ["theme", "density", "size", "motion", "own", "clock"].map((
        name,
      ) => [name, text(form, name)]),
    );
    // Forms end their lines with two characters, the bound counts one.
    const css = text(form, "css").replaceAll("\r\n", "\n");
    try {
      await ctx.state.api.call("setOwnStyle", { body: { css } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) return ctx.redirect("/login?next=/settings/appearance");
      const page = await reading.GET(ctx);
      if (page instanceof Response) return page;
      const note = { ...NOTHING, error: errorText(error) };
      return { ...page, data: { ...page.data, css, note }, status: 400 };
    }
    return new Response(null, {
      status: 303,
      headers: {
        location: "/settings/appearance?saved=1",
        "set-cookie": lookCookie(lookOf(named)),
      },
    });
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.appearance")}
    lead={t("appearance.lead")}
    admin={data.self.admin}
    here="/settings/appearance"
    note={data.note}
  >
    {data.safe && <Notice kind="info">{t("appearance.safe")}</Notice>}
    <LookSample nowMs={state.nowMs} timeZone={data.timeZone} />
    <ActForm act="look" class="stack look-form">
      <ThemeCards chosen={state.look.theme} />
      <Choices
        name="density"
        label={t("appearance.density")}
        value={state.look.density}
        options={DENSITIES.map((value) => [value, t(`appearance.density.${value}`)])}
      />
      <Choices
        name="size"
        label={t("appearance.size")}
        value={state.look.size}
        options={SIZES.map((value) => [value, `${value} %`])}
      />
      <Choices
        name="clock"
        label={t("appearance.clock")}
        value={state.look.clock}
        options={data.clocks}
      />
      <Check
        name="motion"
        label={t("appearance.motion")}
        hint={t("appearance.motionHint")}
        value="less"
        checked={state.look.motion === "less"}
      />
      <OwnStyle css={data.css} on={data.own} />
      <div>
        <button class="button primary" type="submit">{t("save")}</button>
      </div>
    </ActForm>
  </AccountPage>
));

function Choices(props: {
  name: string;
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
}) {
  return (
    <fieldset>
      <legend class="strong">{props.label}</legend>
      <div class="choices">
        {props.options.map(([value, label]) => (
          <label key={value} class="check">
            <input type="radio" name={props.name} value={value} checked={value === props.value} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function OwnStyle({ css, on }: { css: string; on: boolean }) {
  return (
    <section class="card stack">
      <h2>{t("appearance.own")}</h2>
      <p class="muted">{t("appearance.ownText")}</p>
      <Check
        name="own"
        value="own"
        label={t("appearance.ownUse")}
        hint={t("appearance.ownUseHint")}
        checked={on}
      />
      <div class="field">
        <label for="own-css">{t("appearance.ownCss")}</label>
        <textarea
          class="area own-style"
          id="own-css"
          name="css"
          rows={10}
          maxLength={OWN_STYLE_CHARS}
          spellcheck={false}
          autocapitalize="none"
          placeholder=":root { --accent: rebeccapurple; }"
          aria-describedby="own-css-hint"
        >
          {css}
        </textarea>
        <p class="hint" id="own-css-hint">{t("appearance.ownHint", { n: OWN_STYLE_CHARS })}</p>
        <LookPreview />
      </div>
    </section>
  );
}
