import type { ComponentChildren } from "preact";
import { adminItems } from "../lib/admin.ts";
import { adminLinks } from "../lib/admin_links.ts";
import type { FormNote } from "../lib/form_page.ts";
import { t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { SettingsPage } from "./SettingsPage.tsx";

/** A page of those who run the server. */
export function AdminPage(props: {
  state: State;
  heading: string;
  here: string;
  /** Where Back leads; the app where it is not given. */
  back?: string;
  /** True where the page stands for the whole of the administration. */
  index?: boolean;
  note?: FormNote;
  lead?: string;
  children: ComponentChildren;
}) {
  return (
    <SettingsPage
      state={props.state}
      title={t("admin.title")}
      heading={props.heading}
      back={props.back ?? "/"}
      links={adminLinks()}
      items={adminItems()}
      here={props.here}
      home="/admin"
      index={props.index ?? false}
      {...(props.note === undefined ? {} : { note: props.note })}
      {...(props.lead === undefined ? {} : { lead: props.lead })}
    >
      {props.children}
    </SettingsPage>
  );
}
