import { t } from "../lib/i18n/t.ts";
import { ActForm } from "./FormParts.tsx";
import { Icon } from "./Icon.tsx";

/** Moves a row of an ordered list by a step; the button keeps the focus through the reload. */
export function MoveRow(props: { id: string; name: string; first?: boolean; last?: boolean }) {
  return (
    <ActForm act="move" class="row-tight">
      <input type="hidden" name="moved" value={props.id} />
      <button
        type="submit"
        class="icon-button small"
        id={`up-${props.id}`}
        name="way"
        value="up"
        disabled={props.first}
        aria-label={t("role.up", { name: props.name })}
      >
        <Icon name="up" small />
      </button>
      <button
        type="submit"
        class="icon-button small"
        id={`down-${props.id}`}
        name="way"
        value="down"
        disabled={props.last}
        aria-label={t("role.down", { name: props.name })}
      >
        <Icon name="down" small />
      </button>
    </ActForm>
  );
}

/** What a dragged row is sent with. */
export function DragForm() {
  return (
    <form method="post" id="drag-form" hidden>
      <input type="hidden" name="act" value="drop" />
      <input type="hidden" name="moved" value="" />
      <input type="hidden" name="before" value="" />
    </form>
  );
}
