import uPlot from "uplot";
import { type ChartData, formatUnit } from "../chart.ts";
import { language } from "../i18n/t.ts";

const HEIGHT = 150;
const DAY_S = 86_400;

/** Draws a chart that can be read with the pointer, over the full width. Returns its end. */
export function drawChart(box: HTMLElement, data: ChartData): () => void {
  const colors = getComputedStyle(box);
  const color = (name: string) => colors.getPropertyValue(name).trim();
  const text = colors.color;
  const line = colors.borderColor;
  const strokes = [colors.getPropertyValue("accent-color"), colors.outlineColor];
  const span = (data.times.at(-1) ?? 0) - (data.times[0] ?? 0);
  const clock = new Intl.DateTimeFormat(
    language().intl,
    span > 2 * DAY_S
      ? { day: "numeric", month: "short", timeZone: data.timeZone }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: data.timeZone },
  );
  const exact = new Intl.DateTimeFormat(language().intl, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: data.timeZone,
  });
  const axis = {
    stroke: text,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: `11px ${color("--font") || "sans-serif"}`,
  };
  const chart = new uPlot(
    {
      width: Math.max(200, box.clientWidth),
      height: HEIGHT,
      cursor: { y: false, points: { size: 7 } },
      legend: { live: true, markers: { show: false } },
      scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [
        { ...axis, values: (_chart, times) => times.map((time) => clock.format(time * 1000)) },
        {
          ...axis,
          size: 60,
          values: (_chart, values) => values.map((value) => formatUnit(data.unit, value)),
        },
      ],
      series: [
        { value: (_chart, time) => time === null ? "" : exact.format(time * 1000) },
        ...data.lines.map((each, at) => ({
          label: each.label,
          stroke: strokes[at] ?? text,
          width: 2,
          value: (_chart: uPlot, value: number | null) =>
            value === null ? "" : formatUnit(data.unit, value),
        })),
      ],
    },
    [[...data.times], ...data.lines.map((each) => [...each.values])],
    box,
  );
  const resized = new ResizeObserver(() =>
    chart.setSize({ width: Math.max(200, box.clientWidth), height: HEIGHT })
  );
  resized.observe(box);
  return () => {
    resized.disconnect();
    chart.destroy();
  };
}
