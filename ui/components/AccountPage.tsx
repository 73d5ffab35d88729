import type { ComponentChildren } from "preact";
import type { FormNote } from "../lib/form_page.ts";
import { t } from "../lib/i18n/t.ts";
import { accountLinks } from "../lib/settings_links.ts";
import type { State } from "../utils.ts";
import { SettingsPage } from "./SettingsPage.tsx";

/** A page of the own account's settings. */
export function AccountPage(props: {
  state: State;
  heading: string;
  here: string;
  admin: boolean;
  /** True where the page stands for the whole of the settings. */
  index?: boolean;
  note?: FormNote;
  lead?: string;
  children: ComponentChildren;
}) {
  return (
    <SettingsPage
      state={props.state}
      title={t("settings.title")}
      heading={props.heading}
      back="/"
      links={accountLinks({
        admin: props.admin,
        mail: props.state.server.mail,
        providers: props.state.server.login_providers.length > 0,
      })}
      here={props.here}
      home="/settings"
      index={props.index ?? false}
      {...(props.note === undefined ? {} : { note: props.note })}
      {...(props.lead === undefined ? {} : { lead: props.lead })}
    >
      {props.children}
    </SettingsPage>
  );
}
