import type { ComponentChildren } from "preact";

/** One act of a toolbar: a sign, with its name for who points at it or listens. */
export function ToolButton(
  props: {
    label: string;
    onClick: () => void;
    /** It belongs to a row of a list: reached by Tab from there. */
    act?: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <button
      type="button"
      class="icon-button small"
      title={props.label}
      aria-label={props.label}
      data-stop-act={props.act}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
