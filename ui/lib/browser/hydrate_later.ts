import {
  Component,
  type ComponentChildren,
  type ComponentType,
  h,
  options,
  type VNode,
} from "preact";
import { nextTurn } from "./next_turn.ts";

/** A turn takes over parts for so long, and the one begun is ended: a phone is four times slower. */
const TURN_MS = 4;

/** What somebody does with a page: whatever is pressed must answer. */
const USES = ["pointerdown", "touchstart", "keydown", "focusin", "click"] as const;

/** A script that did not come is asked for again after so long. */
const RETRY_MS = 5000;

/** The page is used, kept live and changed after so long, even if a script has not come by then. */
const LIVE_MS = 3000;

type Part = Component & { waits?: boolean; readonly first?: boolean };

/** Thrown by a part that is drawn later: Preact then leaves alone what the server drew. */
class NotYet {
  readonly part: Part;
  /** What it waits for; undefined: its turn. */
  readonly script: { wait(part: Part, drawn: Node | null): void } | undefined;

  constructor(part: Part, script?: NotYet["script"]) {
    this.part = part;
    this.script = script;
  }

  /** By having this, what only waits differs from what failed. */
  then(): void {}
}

/** Islands that have not been taken over, and what else comes before all parts; the next one last. */
const islands: (() => void)[] = [];
const waiting: Part[] = [];
/** Parts that wait for a script, with what the server drew of them. */
const needing = new Map<Part, Node | null>();
/** Buttons of such parts that were pressed meanwhile. */
const pressed: HTMLElement[] = [];
/** What the server drew is being taken over. */
let takingOver = false;
/** The part whose turn it is, until all of it is drawn. */
let drawn: Part | undefined;
/** Somebody uses the page: nothing waits any longer. */
let atOnce = false;
let turnComes = false;
/** Scripts are not waited for any longer. */
let late = false;
/** Nothing waited, or nothing but scripts that are late: the app may change what it shows. */
let live = false;
/** What is called once nothing waits. */
const then: (() => void)[] = [];
/** What is begun after that, in turns. */
const steps: (() => void)[] = [];
/** What is called once all of that is begun as well. */
const started: (() => void)[] = [];

interface LaterProps {
  /** It must work at once. */
  now?: boolean;
  /** What is looked at and pressed first: its turn comes before that of others. */
  first?: boolean;
  children: ComponentChildren;
}

/**
 * One element which the page shows well enough without scripts, such as a row of many or a column.
 * While the page is taken over, its turn comes after all else, and inside it others may wait for
 * theirs; what the server has not drawn never waits.
 * Nothing that it shows may change before: see `whenDrawn`.
 */
export class Later extends Component<LaterProps> {
  waits = takingOver && !atOnce && this.props.now !== true;
  readonly first = this.props.first === true;
  #waited = this.waits;

  override render(): ComponentChildren {
    if (this.waits) throw new NotYet(this);
    if (this.#waited) {
      this.#waited = false;
      drawn = this;
      takingOver = true;
    }
    return this.props.children;
  }
}

/**
 * A component whose script a browser fetches while the page is taken over. The server has it from
 * the start (`ui/main.ts`).
 */
export class SoonScript<Props extends object> {
  component: ComponentType<Props> | undefined;
  readonly #load: () => Promise<{ readonly default: ComponentType<Props> }>;
  #coming = false;

  constructor(load: () => Promise<{ readonly default: ComponentType<Props> }>) {
    this.#load = load;
  }

  fetch(): void {
    if (this.#coming || this.component) return;
    this.#coming = true;
    this.#load().then((module) => this.#come(module.default), () =>
      setTimeout(() => {
        this.#coming = false;
        this.fetch();
      }, RETRY_MS));
  }

  wait(part: Part, drawn: Node | null): void {
    needing.set(part, drawn);
    this.fetch();
  }

  #come(component: ComponentType<Props>): void {
    this.component = component;
    // One part after the other, and after those that wait for nothing but their turn.
    waiting.unshift(...needing.keys());
    needing.clear();
    takeTurn();
  }
}

/**
 * Draws a component as soon as its script is there. Until then what the server drew stands, and
 * `plain` is shown as it is where that is nothing, or something else by now.
 */
export class Soon<Props extends object>
  extends Component<{ script: SoonScript<Props>; of: Props; plain: string }> {
  readonly #drawn = this.props.plain;

  override render(): ComponentChildren {
    const { script, of, plain } = this.props;
    if (script.component) return h(script.component, of);
    if (!live || needing.get(this) && plain === this.#drawn) throw new NotYet(this, script);
    script.wait(this, null);
    return h("div", { class: "md" }, plain);
  }

  override componentWillUnmount(): void {
    needing.delete(this);
  }
}

// Names of Preact's insides, on which its own Suspense builds as well: `_catchError`, `_children`,
// `_dom`.
type Inside = VNode & { __k?: unknown; __e?: Node | null; __c?: unknown };
const hooks = options as {
  __e?: (error: unknown, vnode: Inside, ...more: unknown[]) => void;
  diffed?: (vnode: Inside) => void;
};
const { __e: fail, diffed } = hooks;

/** A part is drawn, or failed. */
function endPart(): void {
  drawn = undefined;
  takingOver = false;
}

hooks.diffed = (vnode) => {
  diffed?.(vnode);
  if (drawn !== undefined && vnode.__c === drawn) endPart();
};
hooks.__e = (error, vnode, ...more) => {
  if (!(error instanceof NotYet)) {
    if (drawn !== undefined) endPart();
    return fail?.(error, vnode, ...more);
  }
  // Another list than before, or what follows would be put in front of it.
  vnode.__k = [];
  if (error.script) error.script.wait(error.part, vnode.__e ?? null);
  else if (!waiting.includes(error.part)) waiting.push(error.part);
};

/** Whether what is drawn now is being taken over from what the server has drawn. */
export function takesOver(): boolean {
  return takingOver;
}

/** Whether nothing waits, but for scripts that are late. */
export function allDrawn(): boolean {
  return islands.length === 0 && waiting.length === 0 && (live || needing.size === 0) &&
    then.length === 0;
}

/**
 * Calls back once all is drawn, at once where nothing waits: only then may the app change. A script
 * is waited for no longer than `LIVE_MS`.
 */
export function whenDrawn(callback: () => void): void {
  if (allDrawn()) callback();
  else then.push(callback);
}

/** Gives something long that parts need a turn of its own, while the page is taken over. */
export function beforeParts(act: () => void): void {
  if (takingOver) islands.push(act);
}

/** Begins what the page does once all is drawn, in turns of the page. */
export function inTurns(begin: readonly (() => void)[]): void {
  steps.push(...begin);
  takeTurn();
}

/** Calls back once all is drawn and begun. */
export function whenStarted(callback: () => void): void {
  started.push(callback);
  takeTurn();
}

/** Takes the next island over, or has the next part drawn, in the microtask that comes next. */
function drawNext(): void {
  const island = islands.pop();
  if (island) {
    takingOver = true;
    try {
      island();
    } finally {
      takingOver = false;
    }
    return;
  }
  const first = waiting.findLastIndex((part) => part.first === true);
  for (const part of waiting.splice(first, 1)) draw(part);
}

function draw(part: Part): void {
  part.waits = false;
  part.forceUpdate();
}

/** Somebody uses the page: all of it has to answer before the press is heard. */
function drawAll(): void {
  atOnce = true;
  while (islands.length > 0) drawNext();
  for (const part of waiting.splice(0)) draw(part);
}

/** A button that nobody listens to yet is pressed again once somebody does. */
function keepPress(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || ![...needing.values()].some((drawn) => drawn?.contains(button))) return;
  event.stopPropagation();
  pressed.push(button);
}

/** Draws some of what waits, the last first, and the rest in turns that come. */
async function turn(): Promise<void> {
  turnComes = false;
  const end = performance.now() + TURN_MS;
  while (islands.length > 0 || waiting.length > 0) {
    drawNext();
    await undefined;
    if (performance.now() >= end) return takeTurn();
  }
  if (needing.size === 0) {
    removeEventListener("click", keepPress, { capture: true });
    for (const button of pressed.splice(0)) button.click();
  } else if (!late) return;
  live = true;
  for (const use of USES) removeEventListener(use, drawAll, { capture: true });
  for (const callback of then.splice(0)) callback();
  for (let step = steps.shift(); step; step = steps.shift()) {
    step();
    if (performance.now() >= end) return takeTurn();
  }
  for (const callback of started.splice(0)) callback();
}

function takeTurn(): void {
  if (turnComes) return;
  turnComes = true;
  void nextTurn().then(turn);
}

/**
 * Takes over what the server drew, the first of `hydrates` at once and the others, and what waits
 * inside them, in turns of the page, so that a press in between is answered; a press or key
 * has all of it drawn before it is heard, but for what needs a script: see `keepPress`.
 */
export function takeOver(hydrates: readonly (() => void)[]): void {
  for (const use of USES) addEventListener(use, drawAll, { capture: true, passive: true });
  addEventListener("click", keepPress, { capture: true });
  setTimeout(() => {
    late = true;
    takeTurn();
  }, LIVE_MS);
  islands.push(...hydrates.toReversed());
  drawNext();
  takeTurn();
}
