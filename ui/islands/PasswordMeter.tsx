import { useEffect, useRef, useState } from "preact/hooks";
import type { CallResult } from "../lib/api/types.ts";
import { callApi } from "../lib/browser/browser_api.ts";
import { t } from "../lib/i18n/t.ts";

const PAUSE_MS = 400;
/** The API takes no longer ones. */
const MAX_CHARS = 1024;

type Rating = CallResult<"ratePassword">;

/** What the server will say of the password in the field `of`, while it is being typed. */
export default function PasswordMeter({ of }: { of: string }) {
  const [rating, setRating] = useState<Rating | undefined>(undefined);
  const asked = useRef(0);
  useEffect(() => {
    const field = document.getElementById(of);
    if (!(field instanceof HTMLInputElement)) return;
    let pause: ReturnType<typeof setTimeout> | undefined;
    const onInput = () => {
      clearTimeout(pause);
      const turn = ++asked.current;
      const password = field.value;
      if (password === "" || password.length > MAX_CHARS) return setRating(undefined);
      pause = setTimeout(() => {
        void callApi("ratePassword", { body: { password } }).then((found) => {
          if (turn === asked.current) setRating(found);
        }, () => setRating(undefined)); // The form says it in the end: the meter is a comfort.
      }, PAUSE_MS);
    };
    field.addEventListener("input", onInput);
    return () => {
      clearTimeout(pause);
      field.removeEventListener("input", onInput);
    };
  }, [of]);
  return (
    <div class="strength" role="status">
      {rating && (
        <>
          <meter
            class={rating.accepted ? "strength-bar" : "strength-bar weak"}
            min={0}
            max={4}
            value={rating.score}
            aria-hidden="true"
          />
          <p class="small">
            <span class="strong">{t(`strength.${scoreOf(rating)}`)}</span> {rating.reason}
          </p>
        </>
      )}
    </div>
  );
}

function scoreOf({ accepted, score }: Rating): "weak" | "fair" | "good" | "strong" {
  if (!accepted) return "weak";
  return score >= 4 ? "strong" : score === 3 ? "good" : "fair";
}
