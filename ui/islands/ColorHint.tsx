import { useEffect, useRef, useState } from "preact/hooks";
import { type Stand, standOf } from "../lib/format/role_color.ts";
import { t } from "../lib/i18n/t.ts";

/** Shows names in the color that the form's `color` field holds, and whether it can be read. */
export default function ColorHint({ name, color }: { name: string; color: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(color);
  useEffect(() => {
    const form = ref.current?.closest("form");
    const field = form?.elements.namedItem("color");
    if (!form || !(field instanceof HTMLInputElement)) return;
    const look = () => setChosen(field.value);
    const soon = () => queueMicrotask(look);
    field.addEventListener("input", look);
    form.addEventListener("reset", soon);
    look();
    return () => {
      field.removeEventListener("input", look);
      form.removeEventListener("reset", soon);
    };
  }, []);
  const stand = standOf(chosen);
  return (
    <div ref={ref} class="color-hint stack-tight">
      {stand && (
        <>
          <div class="row-tight wrap" aria-hidden="true">
            <Sample name={name} scheme="light" stand={stand.light} />
            <Sample name={name} scheme="dark" stand={stand.dark} />
          </div>
          <p class="hint" role="status">{hintOf(stand)}</p>
        </>
      )}
    </div>
  );
}

function Sample({ name, scheme, stand }: { name: string; scheme: "light" | "dark"; stand: Stand }) {
  const ref = useRef<HTMLSpanElement>(null);
  // The policy of the pages allows no style attribute, but a script may set a color.
  useEffect(() => {
    if (ref.current) ref.current.style.color = stand.drawn;
  }, [stand.drawn]);
  return (
    <span class={`color-sample ${scheme}`}>
      <span ref={ref} class="strong">{name}</span>
    </span>
  );
}

function hintOf({ light, dark }: { light: Stand; dark: Stand }): string {
  const ratio = (stand: Stand) => stand.contrast.toFixed(1);
  if (light.readable && dark.readable) return t("color.readable");
  if (!light.readable && !dark.readable) {
    return t("color.both", { light: ratio(light), dark: ratio(dark) });
  }
  return light.readable
    ? t("color.dark", { ratio: ratio(dark) })
    : t("color.light", { ratio: ratio(light) });
}
