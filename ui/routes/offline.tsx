import OfflineApp from "../islands/OfflineApp.tsx";
import { define } from "../utils.ts";

/** What the service worker keeps to start the app without a connection; holds nothing of anybody. */
export default define.page(() => (
  <div class="chat-page">
    <OfflineApp />
  </div>
));
