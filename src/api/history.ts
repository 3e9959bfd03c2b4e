/** Events and changes: the handlers of contract/changes.ts. */
import { listChanges } from "../insights/changes.ts";
import { listEvents } from "../insights/events.ts";
import { connectionOf, type Handlers } from "./handler.ts";

export const historyHandlers: Pick<Handlers, "listEvents" | "listChanges"> = {
  async listEvents({ params, query }, asking) {
    return listEvents(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async listChanges({ params, query }, asking) {
    return listChanges(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },
};
