import { useEffect, useRef, useState } from "preact/hooks";
import { type Crop, cropSquare, drawCrop, readPicture } from "../lib/browser/crop_picture.ts";
import { t } from "../lib/i18n/t.ts";
import { PictureField } from "./FormParts.tsx";

const CENTER: Crop = { zoom: 1, x: 0.5, y: 0.5 };
const SIZE = 192;
/** Pixels of a key press or a step of the sliders, as a share of the picture. */
const STEP = 0.01;

/**
 * The field for a picture and, once one is chosen, the square that is taken out of it: moved by
 * dragging or by sliders. What is sent is the square. Animated pictures are sent as they are.
 */
export function AvatarCrop(props: { onPicture: (url: string | undefined) => void }) {
  const [picture, setPicture] = useState<ImageBitmap | undefined>(undefined);
  const [crop, setCrop] = useState(CENTER);
  const [failed, setFailed] = useState(false);
  const field = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const choose = async (event: Event) => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (input.type !== "file") return; // The sliders are inside, too.
    setFailed(false);
    setCrop(CENTER);
    const found = file === undefined ? undefined : await readPicture(file).catch(() => null);
    setFailed(found === null);
    setPicture(found ?? undefined);
    if (found === undefined) props.onPicture(file && URL.createObjectURL(file));
  };
  useEffect(() => {
    if (!picture || !canvas.current) return;
    drawCrop(canvas.current, picture, crop);
    let gone = false;
    const input = field.current?.querySelector("input");
    void cropSquare(picture, crop).then((file) => {
      if (gone || !input) return;
      const chosen = new DataTransfer();
      chosen.items.add(file);
      input.files = chosen.files;
      props.onPicture(URL.createObjectURL(file));
    });
    return () => gone = true;
  }, [picture, crop]);
  return (
    <div ref={field} class="stack-tight" onChange={(event) => void choose(event)}>
      <PictureField name="avatar" label={t("profile.avatar")} />
      {failed && <p class="field-error" role="alert">{t("crop.failed")}</p>}
      {picture && (
        <fieldset class="crop">
          <legend class="sr">{t("crop.title")}</legend>
          <canvas
            ref={canvas}
            width={SIZE}
            height={SIZE}
            class="crop-view"
            aria-hidden="true"
            onPointerMove={(event) => {
              if (event.buttons !== 1) return;
              setCrop(moved(crop, event.movementX, event.movementY));
            }}
          />
          <Sliders crop={crop} onCrop={setCrop} />
        </fieldset>
      )}
    </div>
  );
}

function Sliders({ crop, onCrop }: { crop: Crop; onCrop: (crop: Crop) => void }) {
  const sliders = [
    ["zoom", t("crop.zoom"), 1, 4],
    ["x", t("crop.across"), 0, 1],
    ["y", t("crop.down"), 0, 1],
  ] as const;
  return (
    <div class="stack-tight grow">
      {sliders.map(([name, label, min, max]) => (
        <Slider
          key={name}
          label={label}
          value={crop[name]}
          min={min}
          max={max}
          onChange={(value) => onCrop({ ...crop, [name]: value })}
        />
      ))}
    </div>
  );
}

function moved(crop: Crop, byX: number, byY: number): Crop {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  return {
    ...crop,
    x: within(crop.x - byX / SIZE / crop.zoom),
    y: within(crop.y - byY / SIZE / crop.zoom),
  };
}

function Slider(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  return (
    <label class="slider small">
      <span>{props.label}</span>
      <input
        type="range"
        min={props.min}
        max={props.max}
        step={STEP}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
