/** On a wide screen the settings open at their overview; on a phone at their list. */
export { default, handler } from "./overview.tsx";
