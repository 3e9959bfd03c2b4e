import { ApiFailure, call } from "../api/client.ts";
import { forgetAll } from "../api/session-end.ts";
import { say } from "../components/ui/toast.tsx";

/** Where nobody answers the page is left all the same: what it shows is not for who comes next. */
export async function signOut(): Promise<void> {
  try {
    await call("signOut", {});
    forgetAll();
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 0) return forgetAll();
    say(error instanceof Error ? error.message : String(error), "cant");
  }
}
