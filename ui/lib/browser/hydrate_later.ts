import {
  Component,
  type ComponentChildren,
  type ComponentType,
  h,
  options,
  type VNode,
} from "preact";

/** A turn takes over parts for so long, and the one begun is ended: a phone is four times slower. */
const TURN_MS = 4;

/** What somebody does with a page: whatever is pressed must answer. */
const USES = ["pointerdown", "touchstart", "keydown", "focusin", "click"] as const;

/** A script that did not come is asked for again after so long. */
const RETRY_MS = 5000;

/** The page is used, kept live and changed after so long, even if a script has not come by then. */
const LIVE_MS = 3000;

type Part = Component & { waits?: boolean };

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

const waiting: Part[] = [];
/** Parts that wait for a script, with what the server drew of them. */
const needing = new Map<Part, Node | null>();
/** Buttons of such parts that were pressed meanwhile. */
const pressed: HTMLElement[] = [];
let takingOver = false;
let turnComes = false;
/** Scripts are not waited for any longer. */
let late = false;
/** Nothing waited, or nothing but scripts that are late: the app may change what it shows. */
let live = false;
/** What is called once nothing waits. */
const then: (() => void)[] = [];

/**
 * One element which the page shows well enough without scripts, such as a row of many or a column.
 * While the page is taken over, its turn comes after all else; what the server has not drawn never
 * waits.
 * Nothing that it shows may change before: see `whenDrawn`. `now`: it must work at once.
 */
export class Later extends Component<{ now?: boolean; children: ComponentChildren }> {
  waits = takingOver && this.props.now !== true;

  override render(): ComponentChildren {
    if (this.waits) throw new NotYet(this);
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
type Inside = VNode & { __k?: unknown; __e?: Node | null };
const hooks = options as { __e?: (error: unknown, vnode: Inside, ...more: unknown[]) => void };
const fail = hooks.__e;
hooks.__e = (error, vnode, ...more) => {
  if (!(error instanceof NotYet)) return fail?.(error, vnode, ...more);
  // Another list than before, or what follows would be put in front of it.
  vnode.__k = [];
  if (error.script) error.script.wait(error.part, vnode.__e ?? null);
  else if (!waiting.includes(error.part)) waiting.push(error.part);
};

/** Runs `hydrate`, in which parts may wait for their turn. */
export function takeOver(hydrate: () => void): void {
  takingOver = true;
  try {
    hydrate();
  } finally {
    takingOver = false;
  }
}

/** Whether what is drawn now is being taken over from what the server has drawn. */
export function takesOver(): boolean {
  return takingOver;
}

/** Whether nothing waits, but for scripts that are late. */
export function allDrawn(): boolean {
  return waiting.length === 0 && (live || needing.size === 0) && then.length === 0;
}

/**
 * Calls back once all is drawn, at once where nothing waits: only then may the app change. A script
 * is waited for no longer than `LIVE_MS`.
 */
export function whenDrawn(callback: () => void): void {
  if (allDrawn()) callback();
  else then.push(callback);
}

/** Has the last parts drawn: Preact does so in the microtask that comes next. */
function drawNext(count: number): void {
  for (const part of waiting.splice(-count)) {
    part.waits = false;
    part.forceUpdate();
  }
}

const drawAll = () => drawNext(waiting.length);

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
  while (waiting.length > 0) {
    drawNext(1);
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
}

function takeTurn(): void {
  if (turnComes) return;
  turnComes = true;
  setTimeout(turn);
}

/**
 * Draws what waits in turns of the page, so that a press in between is answered; a press or key
 * has all of it drawn before it is heard, but for what needs a script: see `keepPress`.
 */
export function drawWaiting(): void {
  for (const use of USES) addEventListener(use, drawAll, { capture: true, passive: true });
  addEventListener("click", keepPress, { capture: true });
  setTimeout(() => {
    late = true;
    takeTurn();
  }, LIVE_MS);
  takeTurn();
}
