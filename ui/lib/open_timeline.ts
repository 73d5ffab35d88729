/** Pixels above the line of what is new, when a channel opens there. */
export const NEW_TOP_PX = 96;

/** Frames in which the row is put into its place: rows get their heights only as they come near. */
const MOST_FRAMES = 10;

/**
 * Runs in the page before it is looked at: puts the timeline where `data-open` says, the row of
 * what is new or the message of a permalink. The scripts that come later find it there; until
 * the row stays where it was put the timeline is not shown (`timeline.css`).
 */
export const OPEN_TIMELINE = `{
const box=document.querySelector(".timeline-scroll[data-open]"),
row=box&&box.querySelector('[data-row="'+CSS.escape(box.dataset.open)+'"]'),
marks=document.documentElement.classList;
let last,left=${MOST_FRAMES};
const step=()=>{
box.dataset.open=="new"
?box.scrollTop+=row.getBoundingClientRect().top-box.getBoundingClientRect().top-${NEW_TOP_PX}
:row.scrollIntoView({block:"center"});
const at=box.scrollTop;
if(at==last||!left--)return marks.remove("opening");
last=at;
requestAnimationFrame(step)
};
if(row){marks.add("opening");step()}
}`;
