import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../Icon.tsx";

/** One thing of a list of how matters stand; `good`: it is as it should be. */
export function StateLine(props: {
  icon: IconName;
  label: string;
  good?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class="state-line">
      <dt class="row-tight strong">
        <Icon name={props.good ? "check" : props.icon} /> <span>{props.label}</span>
      </dt>
      <dd class={props.good ? "good-text" : "muted"}>{props.children}</dd>
    </div>
  );
}
