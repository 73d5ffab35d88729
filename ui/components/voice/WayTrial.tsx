import { useState } from "preact/hooks";
import { reasonOf } from "../../lib/browser/browser_api.ts";
import { t } from "../../lib/i18n/t.ts";
import { tryWay, type WayFound } from "../../lib/voice/way_trial.ts";

type Shown = WayFound | { readonly kind: "tries" } | {
  readonly kind: "fault";
  readonly text: string;
};

/** Tries whether calls would get through from here, and says why not. */
export function WayTrial({ live }: { live: boolean }) {
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const tries = shown?.kind === "tries";
  const start = () => {
    setShown({ kind: "tries" });
    tryWay().then(setShown, (error) => setShown({ kind: "fault", text: reasonOf(error) }));
  };
  return (
    <>
      <div>
        <button type="button" class="button" disabled={!live || tries} onClick={start}>
          {t("voiceSet.way.test")}
        </button>
      </div>
      <div role="status" class="stack">
        {shown && <p class={`notice ${noticeOf(shown)}`}>{sentenceOf(shown)}</p>}
        {shown?.kind === "blocked" && (
          <ul class="small">
            {shown.addresses.map((each) => <li key={each}>{each}</li>)}
          </ul>
        )}
      </div>
    </>
  );
}

function noticeOf({ kind }: Shown): string {
  if (kind === "udp" || kind === "tries") return "";
  return kind === "tcp" ? "warn" : "error";
}

function sentenceOf(shown: Shown): string {
  switch (shown.kind) {
    case "tries":
      return t("voiceSet.way.tries");
    case "udp":
    case "tcp":
      return shown.roundTripMs === undefined
        ? t(`voiceSet.way.${shown.kind}`)
        : `${t(`voiceSet.way.${shown.kind}`)} ${t("voiceSet.way.trip", { ms: shown.roundTripMs })}`;
    case "blocked":
      return t("voiceSet.way.blocked");
    case "absent":
      return t(`voiceSet.way.absent.${shown.reason}`);
    case "fault":
      return shown.text;
  }
}
