import type { ComponentChildren } from "preact";
import { Icon } from "../components/Icon.tsx";
import { WayTrial } from "../components/voice/WayTrial.tsx";
import { t } from "../lib/i18n/t.ts";
import { type VoiceChoices } from "../lib/voice/choices.ts";
import { type MicrophoneTrial, useMicrophoneTrial } from "../lib/voice/use_microphone_trial.ts";
import { useVoiceChoices, type VoiceDesk } from "../lib/voice/use_voice_choices.ts";

/** The lowest threshold that can be chosen, dB. */
const QUIETEST_DB = -90;

/** How this browser takes part in calls: devices with a test, when one is heard, filters, sounds. */
export default function VoiceSettings() {
  const desk = useVoiceChoices();
  const test = useMicrophoneTrial(desk.choices, desk.findDevices);
  return (
    <div class="stack">
      {desk.insecure && <p class="notice warn" role="alert">{t("voiceSet.insecure")}</p>}
      <Devices desk={desk} test={test} />
      <Part title={t("voiceSet.way")} id="voice-way">
        <p class="hint">{t("voiceSet.way.hint")}</p>
        <WayTrial live={desk.live} />
      </Part>
      <Talk desk={desk} test={test} />
      <Filters desk={desk} />
      <Part title={t("voiceSet.sounds")} id="voice-sounds">
        <Switch desk={desk} name="sounds" label={t("voiceSet.soundsOn")} />
        <Switch
          desk={desk}
          name="ringSound"
          label={t("voiceSet.ringOn")}
          hint={t("voiceSet.ringHint")}
        />
      </Part>
    </div>
  );
}

function Part(props: { title: string; id: string; children: ComponentChildren }) {
  return (
    <section class="card stack" aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.children}
    </section>
  );
}

function Devices({ desk, test }: { desk: VoiceDesk; test: MicrophoneTrial }) {
  return (
    <Part title={t("voiceSet.devices")} id="voice-devices">
      <DeviceSelect desk={desk} kind="input" label={t("voiceSet.input")} />
      {!desk.named && !desk.insecure && <p class="hint">{t("voiceSet.allowText")}</p>}
      <div class="row wrap">
        <button
          type="button"
          class={test.running ? "button" : "button primary"}
          disabled={!desk.live || desk.insecure}
          onClick={test.toggle}
        >
          <Icon name="mic" small />
          {test.running ? t("voiceSet.stopTest") : t("voiceSet.test")}
        </button>
        {test.running && (
          <label class="check">
            <input
              type="checkbox"
              checked={test.playback}
              onChange={(event) => test.setPlayback(event.currentTarget.checked)}
            />
            <span>{t("voiceSet.hearSelf")}</span>
          </label>
        )}
      </div>
      {test.trouble && test.trouble !== "no_right" && (
        <p class="notice error" role="alert">{t(`voiceSet.trouble.${test.trouble}`)}</p>
      )}
      {(test.soundless || (test.tried && desk.noOutput)) && (
        <p class="notice warn" role="alert">{t("voiceSet.soundless")}</p>
      )}
      {desk.outputs === undefined ? <p class="hint">{t("voiceSet.noOutput")}</p> : (
        <>
          <DeviceSelect desk={desk} kind="output" label={t("voiceSet.output")} />
          <div>
            <button
              type="button"
              class="button"
              disabled={!desk.live}
              onClick={() => void test.playTone()}
            >
              {t("voiceSet.testOutput")}
            </button>
          </div>
        </>
      )}
    </Part>
  );
}

function DeviceSelect(
  { desk, kind, label }: { desk: VoiceDesk; kind: "input" | "output"; label: string },
) {
  const devices = (kind === "input" ? desk.inputs : desk.outputs) ?? [];
  const chosen = desk.choices[kind];
  return (
    <div class="field">
      <label for={`voice-${kind}`}>{label}</label>
      <select
        class="select"
        id={`voice-${kind}`}
        disabled={!desk.live}
        value={devices.some(({ id }) => id === chosen) ? chosen : ""}
        onChange={(event) => desk.change({ [kind]: event.currentTarget.value })}
      >
        <option value="">{t("voiceSet.system")}</option>
        {devices.map(({ id, name }, at) => (
          <option key={id} value={id}>{name || t("voiceSet.unnamed", { n: at + 1 })}</option>
        ))}
      </select>
    </div>
  );
}

function Talk({ desk, test }: { desk: VoiceDesk; test: MicrophoneTrial }) {
  const { pushToTalk, thresholdDb } = desk.choices;
  const said = t("voiceSet.thresholdDb", { n: thresholdDb });
  return (
    <Part title={t("voiceSet.talk")} id="voice-talk">
      {([false, true] as const).map((push) => (
        <label class="check" key={String(push)}>
          <input
            type="radio"
            name="talk"
            checked={pushToTalk === push}
            disabled={!desk.live}
            onChange={() => desk.change({ pushToTalk: push })}
          />
          <span>
            <span class="strong block">{push ? t("voiceSet.push") : t("voiceSet.activity")}</span>
            <span class="hint block">
              {push ? t("voiceSet.pushHint") : t("voiceSet.activityHint")}
            </span>
          </span>
        </label>
      ))}
      {pushToTalk
        ? (
          <div>
            <a class="button" href="/settings/keyboard">{t("voiceSet.keyboard")}</a>
          </div>
        )
        : (
          <div class="field">
            <label class="row" for="voice-threshold">
              <span class="grow">{t("voiceSet.threshold")}</span>
              <span class="small muted">{said}</span>
            </label>
            <input
              id="voice-threshold"
              type="range"
              min={QUIETEST_DB}
              max={0}
              step={1}
              value={thresholdDb}
              disabled={!desk.live}
              aria-valuetext={said}
              onInput={(event) => desk.change({ thresholdDb: Number(event.currentTarget.value) })}
            />
            <meter
              class="voice-meter"
              aria-label={t("voiceSet.level")}
              min={QUIETEST_DB}
              max={0}
              low={thresholdDb}
              value={Math.max(test.levelDb, QUIETEST_DB)}
            />
            <p class="hint">{t("voiceSet.levelText")}</p>
          </div>
        )}
    </Part>
  );
}

function Filters({ desk }: { desk: VoiceDesk }) {
  return (
    <Part title={t("voiceSet.filters")} id="voice-filters">
      <Switch
        desk={desk}
        name="noiseSuppression"
        label={t("voiceSet.noise")}
        hint={t("voiceSet.noiseHint")}
      />
      <Switch
        desk={desk}
        name="echoCancellation"
        label={t("voiceSet.echo")}
        hint={t("voiceSet.echoHint")}
      />
      <Switch
        desk={desk}
        name="autoGain"
        label={t("voiceSet.gain")}
        hint={t("voiceSet.gainHint")}
      />
    </Part>
  );
}

type Flag = keyof {
  [Name in keyof VoiceChoices as VoiceChoices[Name] extends boolean ? Name : never]: true;
};

function Switch(
  { desk, name, label, hint }: { desk: VoiceDesk; name: Flag; label: string; hint?: string },
) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={desk.choices[name]}
        disabled={!desk.live}
        onChange={(event) => desk.change({ [name]: event.currentTarget.checked })}
      />
      <span>
        <span class="strong block">{label}</span>
        {hint && <span class="hint block">{hint}</span>}
      </span>
    </label>
  );
}
