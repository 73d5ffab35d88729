import { useState } from "preact/hooks";
import type { Guild, Welcome } from "../../core/api/guild.ts";
import { WelcomeCard } from "../components/WelcomeCard.tsx";
import { Area, SaveButton } from "../components/FormParts.tsx";
import { t } from "../lib/i18n/t.ts";
import { WELCOME_LIMITS } from "../lib/settings/welcome.ts";

interface Row {
  readonly channel: string;
  readonly emoji: string;
  readonly line: string;
}

const EMPTY: Row = { channel: "", emoji: "", line: "" };

/** The fields of what newcomers are shown, beside what they will see. Without scripts: a form. */
export default function WelcomeForm({ guild }: { guild: Guild }) {
  const held = guild.welcome?.channels ?? [];
  // The fields keep what they were drawn with: by that the page knows what is not saved yet.
  const [drawn] = useState({
    text: guild.welcome?.text ?? "",
    rows: Array.from({ length: WELCOME_LIMITS.channels }, (_, at) => rowOf(held[at])),
  });
  const [text, setText] = useState(drawn.text);
  const [rows, setRows] = useState<readonly Row[]>(drawn.rows);
  const onInput = (event: Event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "text") return setText(field.value);
    const at = Number(field.dataset["row"]);
    setRows(rows.map((row, each) => each === at ? { ...row, [field.name]: field.value } : row));
  };
  const shown: Welcome = {
    text: text.trim() || null,
    channels: rows.filter((row) => row.channel !== "").map((row) => ({
      channel_id: row.channel,
      emoji: row.emoji.trim() || null,
      line: row.line.trim() || null,
    })),
  };
  return (
    <div class="stack" onInput={onInput} onChange={onInput}>
      <Area
        name="text"
        label={t("welcome.text")}
        hint={t("welcome.textHint")}
        value={drawn.text}
        maxlength={WELCOME_LIMITS.text}
        rows={4}
      />
      <fieldset class="stack">
        <legend class="label">{t("welcome.channels")}</legend>
        <p class="hint">{t("welcome.channelsHint")}</p>
        {drawn.rows.map((row, at) => <ChannelRow key={at} guild={guild} row={row} at={at} />)}
      </fieldset>
      <SaveButton />
      <section class="stack-tight" aria-labelledby="welcome-preview">
        <h2 id="welcome-preview">{t("welcome.preview")}</h2>
        <div class="card">
          {shown.text === null && shown.channels.length === 0
            ? <p class="muted">{t("welcome.none")}</p>
            : <WelcomeCard guild={guild} welcome={shown} level={3} />}
        </div>
      </section>
    </div>
  );
}

function rowOf(held: Welcome["channels"][number] | undefined): Row {
  return held
    ? { channel: held.channel_id, emoji: held.emoji ?? "", line: held.line ?? "" }
    : EMPTY;
}

function ChannelRow({ guild, row, at }: { guild: Guild; row: Row; at: number }) {
  const n = at + 1;
  const channels = guild.channels.filter((each) => !each.private && each.kind !== "category");
  return (
    <div class="row wrap form-line welcome-row" role="group" aria-label={t("welcome.row", { n })}>
      <label class="field">
        <span class="label">{t("welcome.channel")}</span>
        <select class="select" name="channel" data-row={at}>
          <option value="" selected={row.channel === ""}>{t("welcome.noChannel")}</option>
          {channels.map(({ id, name }) => (
            <option key={id} value={id} selected={row.channel === id}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field narrow">
        <span class="label">{t("welcome.emoji")}</span>
        <input
          class="input"
          name="emoji"
          data-row={at}
          value={row.emoji}
          maxLength={40}
          autocomplete="off"
        />
      </label>
      <label class="field">
        <span class="label">{t("welcome.line")}</span>
        <input
          class="input"
          name="line"
          data-row={at}
          value={row.line}
          maxLength={WELCOME_LIMITS.line}
          autocomplete="off"
        />
      </label>
    </div>
  );
}
