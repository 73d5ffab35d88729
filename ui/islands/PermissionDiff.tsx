import { useEffect, useRef, useState } from "preact/hooks";
import type { ChannelEntry } from "../../core/api/channel.ts";
import { PreviewLines, type PreviewOf } from "../components/PreviewLines.tsx";
import { callApi, reasonOf } from "../lib/browser/browser_api.ts";
import { t } from "../lib/i18n/t.ts";
import { entryBits, readBits, roleBits } from "../lib/rights_form.ts";
import {
  type ChoiceChange,
  diffBits,
  diffEntries,
  withEntry,
} from "../lib/settings/rights_diff.ts";

/** Quiet time after the last change before the server is asked who is affected, ms. */
const QUIET_MS = 200;

interface Common {
  readonly guildId: string;
  /** Whom the form is about, in words. */
  readonly who: string;
  /** The visitor's own rights: nobody changes others. */
  readonly own: string;
}
export type DiffProps =
  | Common & {
    readonly channel: { readonly id: string; readonly name: string };
    readonly target: string;
    readonly entries: readonly ChannelEntry[];
  }
  | Common & { readonly role: string; readonly bits: string };

interface Wanted {
  readonly changes: readonly ChoiceChange[];
  readonly body: Parameters<typeof callApi<"previewPermissions">>[1]["body"];
}

/** What the form it stands in would change, in words, with how many members lose or gain it. */
export default function PermissionDiff(props: DiffProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState<Wanted | undefined>(undefined);
  const [preview, setPreview] = useState<PreviewOf | undefined>(undefined);
  const [error, setError] = useState("");
  useEffect(() => {
    const form = ref.current?.closest("form");
    if (!form) return;
    const look = () => setWanted(wantedBy(form, props));
    const soon = () => queueMicrotask(look);
    form.addEventListener("change", look);
    form.addEventListener("reset", soon);
    look();
    return () => {
      form.removeEventListener("change", look);
      form.removeEventListener("reset", soon);
    };
  }, []);
  useEffect(() => {
    setPreview(undefined);
    setError("");
    if (!wanted || wanted.changes.length === 0) return;
    let current = true;
    const timer = setTimeout(() => {
      callApi("previewPermissions", { params: { guild_id: props.guildId }, body: wanted.body })
        .then((found) => current && setPreview(found))
        .catch((failure) => current && setError(reasonOf(failure)));
    }, QUIET_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const shown = (wanted?.changes.length ?? 0) > 0;
  return (
    <div
      ref={ref}
      class="rights-diff"
      role="region"
      aria-label={t("diff.title")}
      tabIndex={shown ? 0 : undefined}
      hidden={!shown}
    >
      {shown && wanted && (
        <PreviewLines
          who={props.who}
          {...("channel" in props ? { channel: props.channel.name } : {})}
          changes={wanted.changes}
          preview={preview}
        />
      )}
      {error && <p class="field-error" role="alert">{error}</p>}
    </div>
  );
}

function wantedBy(form: HTMLFormElement, props: DiffProps): Wanted {
  const data = new FormData(form);
  const own = readBits(props.own);
  if ("role" in props) {
    const bits = roleBits(data, props.bits, own);
    const { given, taken } = diffBits(readBits(props.bits), readBits(bits));
    return {
      changes: [
        ...given.map((right) => ({ right, from: "inherit", to: "allow" } as const)),
        ...taken.map((right) => ({ right, from: "allow", to: "inherit" } as const)),
      ],
      body: { role_id: props.role, bits },
    };
  }
  const held = props.entries.find((entry) => entry.target === props.target);
  const before = held ?? { target: props.target, allow: "0", deny: "0" };
  const after = { target: props.target, ...entryBits(data, before, own) };
  const sides = (entry: ChannelEntry) => ({
    allow: readBits(entry.allow),
    deny: readBits(entry.deny),
  });
  return {
    changes: diffEntries(sides(before), sides(after)),
    body: { channel_id: props.channel.id, entries: withEntry(props.entries, after) },
  };
}
