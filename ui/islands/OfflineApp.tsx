import { useEffect, useState } from "preact/hooks";
import { Drawing } from "../components/Drawing.tsx";
import { t } from "../lib/i18n/t.ts";
import { readKept } from "../lib/offline/read_kept.ts";
import type { ChatProps } from "../lib/store/chat.ts";
import ChatApp from "./ChatApp.tsx";

type Found = { readonly props: ChatProps | undefined; readonly elsewhere: boolean };

/** The app as it was last seen in this browser, until the server answers again. */
export default function OfflineApp() {
  const [found, setFound] = useState<Found | undefined>(undefined);
  useEffect(() => {
    void readKept(location.pathname, document.cookie).then(setFound);
  }, []);
  if (!found) return <main id="main" class="empty" aria-busy="true" />;
  if (found.props && !found.elsewhere) return <ChatApp {...found.props} />;
  return (
    <main id="main" class="empty">
      <Drawing name="lost" />
      <h1>{t("offline.title")}</h1>
      <p>{t(found.props ? "offline.otherPage" : "offline.nothing")}</p>
      <div class="row">
        <button type="button" class="button primary" onClick={() => location.reload()}>
          {t("retry")}
        </button>
        {found.props && <a class="button" href="/home">{t("offline.read")}</a>}
      </div>
    </main>
  );
}
