/**
 * A page that is open when its session ends forgets what it shows: told by an answer, by another tab, or, where no answer
 * comes, by the clock. It is loaded anew, so that nothing stays in memory.
 */
import { answeredAt, SIGNED_OUT } from "./client.ts";
import { queries } from "./query.ts";
import { endsAfterIdle } from "./session.ts";

const LOOK_MS = 60_000;
const tabs = new BroadcastChannel("glasshouse-session");

/** In this tab and all others. Works without the server, too. */
export function forgetAll(): void {
  tabs.postMessage("ended");
  leave("/sign-in");
}

export function watchSession(whereNow: () => string): void {
  const end = () => {
    if (document.location.pathname === "/sign-in") return;
    leave(`/sign-in?${new URLSearchParams({ back: whereNow(), ended: "true" })}`);
  };
  window.addEventListener(SIGNED_OUT, end);
  tabs.addEventListener("message", end);
  setInterval(() => {
    const idle = endsAfterIdle();
    if (idle !== null && Date.now() - answeredAt() > idle) end();
  }, LOOK_MS);
}

function leave(to: string): void {
  queries.clear();
  document.getElementById("root")!.replaceChildren();
  window.location.assign(to);
}
