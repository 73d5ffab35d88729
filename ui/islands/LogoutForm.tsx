import { expectLogout } from "../lib/browser/browser_api.ts";
import { forgetHere } from "../lib/browser/forget_here.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * Ends the session. Where scripts run, what this browser keeps of the account goes first: drafts,
 * unsent messages, what can be read without a connection.
 */
export default function LogoutForm({ userId }: { userId: string }) {
  return (
    <form
      method="post"
      action="/logout"
      class="row wrap"
      onSubmit={(event) => void clearFirst(event, userId)}
    >
      <p class="small muted grow">{t("account.logoutText")}</p>
      <button class="button" type="submit">{t("me.logout")}</button>
    </form>
  );
}

async function clearFirst(event: Event, userId: string) {
  const form = event.currentTarget as HTMLFormElement;
  event.preventDefault();
  try {
    if (!await forgetHere(userId)) return;
  } catch {
    // Where no database can be opened nothing was kept.
  }
  expectLogout();
  form.submit();
}
