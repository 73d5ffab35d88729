/**
 * Bounds of the client API as the browser needs them: the schemas that carry them would bring
 * their whole library along. A test compares the two.
 */
export const MESSAGE_BODY_CHARS = 4000;
export const MESSAGE_MEDIA_COUNT = 10;
export const OWN_STYLE_CHARS = 16_384;
export const THREAD_TITLE_CHARS = 100;
export const POLL_QUESTION_CHARS = 300;
export const POLL_OPTION_CHARS = 100;
export const POLL_OPTIONS_MIN = 2;
export const POLL_OPTIONS_MAX = 20;
