import { useEffect, useRef, useState } from "preact/hooks";
import { type ChartData, formatUnit, highest, SKETCH, sketchPaths } from "../lib/chart.ts";
import { t } from "../lib/i18n/t.ts";

/**
 * A figure over time. The server draws lines without any script; where there are scripts, a
 * chart that can be read point by point takes their place once it comes into view.
 */
export default function FigureChart({ data, stepS }: { data: ChartData; stepS: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null || data.times.length < 2) return;
    let end = () => {};
    let gone = false;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      void import("../lib/browser/draw_chart.ts").then(({ drawChart }) => {
        if (gone) return;
        end = drawChart(element, data);
        setDrawn(true);
      });
    });
    seen.observe(element);
    return () => {
      gone = true;
      seen.disconnect();
      end();
    };
  }, []);
  return (
    <figure class="chart card">
      <figcaption class="row-tight wrap">
        <span class="strong grow">{data.title}</span>
        {data.lines.map((line, at) => (
          <span key={line.label} class="chart-key small">
            <i class={`line-${at}`} aria-hidden="true" /> {line.label}{" "}
            <span class="muted">{lastOf(data, at)}</span>
          </span>
        ))}
      </figcaption>
      <div ref={box} class="chart-box" role="img" aria-label={summary(data)}>
        {!drawn && (
          <>
            <Sketch data={data} stepS={stepS} />
            <p class="tiny muted">
              {t("figures.top", { value: formatUnit(data.unit, highest(data)) })}
            </p>
          </>
        )}
      </div>
    </figure>
  );
}

function Sketch({ data, stepS }: { data: ChartData; stepS: number }) {
  return (
    <svg
      class="chart-sketch"
      viewBox={`0 0 ${SKETCH.width} ${SKETCH.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {sketchPaths(data, stepS).map((path, at) => <path key={at} class={`line-${at}`} d={path} />)}
    </svg>
  );
}

function lastOf(data: ChartData, at: number): string {
  const value = data.lines[at]?.values.findLast((each) => each !== null);
  return value === undefined || value === null ? "" : formatUnit(data.unit, value);
}

/** What the lines show, in words: for who does not see them. */
function summary(data: ChartData): string {
  return data.lines.map((line) => {
    const values = line.values.filter((value) => value !== null);
    return t("figures.summary", {
      name: line.label,
      low: formatUnit(data.unit, values.length === 0 ? 0 : Math.min(...values)),
      high: formatUnit(data.unit, values.length === 0 ? 0 : Math.max(...values)),
    });
  }).join(" ");
}
