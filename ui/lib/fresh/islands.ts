import { type ComponentChildren, createContext, h, options } from "preact";
import { useContext } from "preact/hooks";

type Island = (props: Record<string, unknown>) => ComponentChildren;

/** Islands found while one page is rendered. */
export interface IslandScope {
  readonly found: { name: string; props: Record<string, unknown> }[];
}

const Scope = createContext<IslandScope | undefined>(undefined);
const Inside = createContext(false);
const names = new WeakMap<object, string>();

export const IslandScopeProvider = Scope.Provider;

/** Makes the components known; from then on their vnodes are wrapped wherever a page uses them. */
export function registerIslands(
  islands: readonly { readonly name: string; readonly component: Island }[],
): void {
  for (const { name, component } of islands) names.set(component, name);
}

function Body({ island, props }: { island: Island; props: Record<string, unknown> }) {
  return island(props);
}

function Slot({ island, props }: { island: Island; props: Record<string, unknown> }) {
  const scope = useContext(Scope);
  const inside = useContext(Inside);
  // The island is called through Body, never as a vnode of its own type, so the hook below
  // cannot see it again.
  const body = h(Body, { island, props });
  const name = names.get(island);
  if (inside || !scope || name === undefined) return body;
  const index = scope.found.push({ name, props }) - 1;
  const attributes: Record<string, string> = { "data-island": String(index) };
  return h("og-island", attributes, h(Inside.Provider, { value: true, children: body }));
}

const previous = options.vnode;
options.vnode = (vnode) => {
  if (typeof vnode.type === "function" && names.has(vnode.type)) {
    Object.assign(vnode, { type: Slot, props: { island: vnode.type, props: vnode.props } });
  }
  previous?.(vnode);
};
