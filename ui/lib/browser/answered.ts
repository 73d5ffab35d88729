/** Told to the window whenever the server has answered a request: the way to it is there. */
export const ANSWERED = "openguild:answered";
