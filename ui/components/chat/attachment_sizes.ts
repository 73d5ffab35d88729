/** The most that one picture takes in the timeline, in CSS pixels. */
export const BOX = { width: 420, height: 320 };
/** A film whose size is not known gets this much; it fits itself in. */
export const FILM = { width: 416, height: 234 };
/** Edge of a picture among several, in CSS pixels. */
export const TILE_PX = 208;
