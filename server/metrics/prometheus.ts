/** What tells the series of one figure apart, by label. */
export type Labels = Readonly<Record<string, string | number>>;
/** Takes the present value of one series. */
export type Tell = (value: number, labels?: Labels) => void;

/** Series of one figure; what comes beyond is counted as one, labelled `overflow`. */
const SERIES_MAX = 2000;
const OVERFLOW = 'overflow="true"';

interface Figure {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Its series as they are now, without name. */
  readonly read: () => Iterable<Sample>;
}

interface Sample {
  /** After the name: `_bucket`. */
  readonly suffix?: string;
  /** As text: `door="client"`; empty without. */
  readonly labels: string;
  readonly value: number;
}

/** How many values were at most each bound, the last for all; and their sum. */
interface Buckets {
  readonly counts: number[];
  sum: number;
}

/** Figures that count up or are asked for, read as Prometheus text (exposition format 0.0.4). */
export class PrometheusFigures {
  readonly #figures = new Map<string, Figure>();
  readonly #observers = new Map<string, ((tell: Tell) => void)[]>();

  /** Counts up. `name` is without its ending `_total`. */
  counter(name: string, help: string): (value: number, labels: Labels) => void {
    const sums = new Map<string, number>();
    this.#figures.set(`${name}_total`, { kind: "counter", help, read: () => samplesOf(sums) });
    return (value, labels) => {
      const key = seriesOf(sums, labels);
      sums.set(key, (sums.get(key) ?? 0) + value);
    };
  }

  /** Sorts values into buckets, each by its greatest value. */
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
  ): (value: number, labels: Labels) => void {
    const series = new Map<string, Buckets>();
    this.#figures.set(name, { kind: "histogram", help, read: () => bucketsOf(series, bounds) });
    return (value, labels) => {
      const key = seriesOf(series, labels);
      let held = series.get(key);
      if (held === undefined) {
        held = { counts: new Array<number>(bounds.length + 1).fill(0), sum: 0 };
        series.set(key, held);
      }
      const at = bounds.findIndex((bound) => value <= bound);
      const place = at < 0 ? bounds.length : at;
      held.counts[place] = (held.counts[place] ?? 0) + 1;
      held.sum += value;
    };
  }

  /** Asks when it is read; one figure may have several parts that answer. */
  observe(
    kind: "counter" | "gauge",
    figure: { readonly name: string; readonly help: string },
    observer: (tell: Tell) => void,
  ): void {
    const name = kind === "counter" ? `${figure.name}_total` : figure.name;
    const observers = this.#observers.get(name) ?? [];
    observers.push(observer);
    this.#observers.set(name, observers);
    this.#figures.set(name, { kind, help: figure.help, read: () => observed(observers) });
  }

  /** Figures without a series are left out. */
  text(): string {
    let text = "";
    for (const [name, { kind, help, read }] of this.#figures) {
      const lines = [...read()].map(({ suffix = "", labels, value }) =>
        `${name}${suffix}${labels === "" ? "" : `{${labels}}`} ${numberText(value)}\n`
      );
      if (lines.length === 0) continue;
      text += `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
    }
    return text;
  }
}

function seriesOf(held: ReadonlyMap<string, unknown>, labels: Labels): string {
  const key = labelText(labels);
  return held.size < SERIES_MAX || held.has(key) ? key : OVERFLOW;
}

function* samplesOf(sums: ReadonlyMap<string, number>): Iterable<Sample> {
  for (const [labels, value] of sums) yield { labels, value };
}

function observed(observers: readonly ((tell: Tell) => void)[]): Iterable<Sample> {
  const values = new Map<string, number>();
  for (const observer of observers) {
    observer((value, labels = {}) => values.set(seriesOf(values, labels), value));
  }
  return samplesOf(values);
}

function* bucketsOf(
  series: ReadonlyMap<string, Buckets>,
  bounds: readonly number[],
): Iterable<Sample> {
  for (const [labels, { counts, sum }] of series) {
    yield { suffix: "_count", labels, value: counts.reduce((all, each) => all + each, 0) };
    yield { suffix: "_sum", labels, value: sum };
    let below = 0;
    for (const [at, count] of counts.entries()) {
      below += count;
      const le = labelText({ le: numberText(bounds[at] ?? Infinity) });
      yield { suffix: "_bucket", labels: labels === "" ? le : `${labels},${le}`, value: below };
    }
  }
}

/** What has to be escaped; hardly any label has it. */
const SPECIAL = /["\\\n]/;

function labelText(labels: Labels): string {
  let text = "";
  for (const name in labels) {
    const value = String(labels[name]);
    const written = SPECIAL.test(value) ? escaped(value).replaceAll('"', '\\"') : value;
    text += `${text === "" ? "" : ","}${name}="${written}"`;
  }
  return text;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
