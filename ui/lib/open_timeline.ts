/** Pixels above the line of what is new, when a channel opens there. */
export const NEW_TOP_PX = 96;

/**
 * Runs in the page before it is looked at: puts the timeline where `data-open` says, the row of
 * what is new or the message of a permalink. The scripts that come later find it there; until
 * this has run the timeline is not shown (`timeline.css`).
 */
export const OPEN_TIMELINE = `{
const box=document.querySelector(".timeline-scroll[data-open]"),
row=box&&box.querySelector('[data-row="'+CSS.escape(box.dataset.open)+'"]');
if(row)box.dataset.open=="new"
?box.scrollTop+=row.getBoundingClientRect().top-box.getBoundingClientRect().top-${NEW_TOP_PX}
:row.scrollIntoView({block:"center"})
}`;
