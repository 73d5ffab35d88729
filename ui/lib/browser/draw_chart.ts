import uPlot from "uplot";
import { type ChartData, formatUnit } from "../chart.ts";
import { formatDayShort, formatMoment, formatTime } from "../format/time.ts";

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
  const mark = span > 2 * DAY_S ? formatDayShort : formatTime;
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
        {
          ...axis,
          values: (_chart, times) => times.map((time) => mark(time * 1000, data.timeZone)),
        },
        {
          ...axis,
          size: 60,
          values: (_chart, values) => values.map((value) => formatUnit(data.unit, value)),
        },
      ],
      series: [
        { value: (_chart, time) => time === null ? "" : formatMoment(time * 1000, data.timeZone) },
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
