import { AccountPage } from "../../components/AccountPage.tsx";
import { ActForm, Check, SaveButton } from "../../components/FormParts.tsx";
import { flag, text } from "../../lib/forms.ts";
import { formPage } from "../../lib/form_page.ts";
import { t } from "../../lib/i18n/t.ts";
import { loadPreferences } from "../../lib/preferences_page.ts";
import { define } from "../../utils.ts";

const FROM = ["everyone", "shared", "nobody"] as const;
const SHARED = ["typing", "presence", "read"] as const;

export const handler = define.handlers(formPage(
  (ctx) => loadPreferences(ctx, "settings.privacy"),
  {
    async save(ctx, form) {
      await ctx.state.api.call("updatePreferences", {
        body: {
          dms_from: FROM.find((from) => from === text(form, "dms_from")) ?? "everyone",
          found_by: FROM.find((from) => from === text(form, "found_by")) ?? "shared",
          share_typing: flag(form, "typing"),
          share_presence: flag(form, "presence"),
          share_read: flag(form, "read"),
          show_previews: flag(form, "previews"),
          sealed_previews: flag(form, "sealed_previews"),
        },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => (
  <AccountPage
    state={state}
    heading={t("settings.privacy")}
    here="/settings/privacy"
    admin={data.self.admin}
    lead={t("privacy.lead")}
    note={data.note}
  >
    <ActForm act="save" guard>
      <fieldset class="stack-tight choices">
        <legend class="strong">{t("privacy.dms")}</legend>
        {FROM.map((from) => (
          <label key={from} class="check">
            <input
              type="radio"
              name="dms_from"
              value={from}
              checked={data.preferences.dms_from === from}
            />
            <span>
              <span class="strong">{t(`privacy.dms.${from}`)}</span>
              <span class="hint">{t(`privacy.dmsHint.${from}`)}</span>
            </span>
          </label>
        ))}
        <p class="hint">{t("privacy.dmsText")}</p>
      </fieldset>
      <fieldset class="stack-tight choices">
        <legend class="strong">{t("privacy.found")}</legend>
        {FROM.map((from) => (
          <label key={from} class="check">
            <input
              type="radio"
              name="found_by"
              value={from}
              checked={data.preferences.found_by === from}
            />
            <span class="strong">{t(`privacy.found.${from}`)}</span>
          </label>
        ))}
        <p class="hint">{t("privacy.foundText")}</p>
      </fieldset>
      <fieldset class="stack-tight choices">
        <legend class="strong">{t("privacy.share")}</legend>
        {SHARED.map((name) => (
          <Check
            key={name}
            name={name}
            label={t(`privacy.${name}`)}
            hint={t(`privacy.${name}Hint`)}
            checked={data.preferences[`share_${name}`]}
          />
        ))}
      </fieldset>
      <Sealed previews={data.preferences.sealed_previews} />
      <Shown previews={data.preferences.show_previews} />
      <SaveButton />
    </ActForm>
    <p class="small muted">
      {t("privacy.more")} <a href="/settings/data">{t("settings.data")}</a>
    </p>
  </AccountPage>
));

function Sealed({ previews }: { previews: boolean }) {
  return (
    <fieldset class="stack-tight choices">
      <legend class="strong">{t("privacy.sealed")}</legend>
      <Check
        name="sealed_previews"
        label={t("privacy.sealedPreviews")}
        hint={t("privacy.sealedPreviewsHint")}
        checked={previews}
      />
    </fieldset>
  );
}

function Shown({ previews }: { previews: boolean }) {
  return (
    <fieldset class="stack-tight choices">
      <legend class="strong">{t("privacy.shown")}</legend>
      <Check
        name="previews"
        label={t("privacy.previews")}
        hint={t("privacy.previewsHint")}
        checked={previews}
      />
    </fieldset>
  );
}
