import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.tsx";

export function Notice(props: {
  kind?: "info" | "warn" | "error";
  icon?: IconName;
  children: ComponentChildren;
}) {
  const kind = props.kind ?? "info";
  return (
    <div class={`notice ${kind}`} role={kind === "error" ? "alert" : undefined}>
      <Icon name={props.icon ?? (kind === "info" ? "info" : "warning")} />
      <div class="grow">{props.children}</div>
    </div>
  );
}
