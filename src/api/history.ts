/** Events and changes: the handlers of contract/changes.ts. */
import { listChanges } from "../insights/changes.ts";
import { getEvent, listEvents } from "../insights/events.ts";
import { ApiError } from "./errors.ts";
import { connectionOf, type Handlers } from "./handler.ts";

export const historyHandlers: Pick<Handlers, "listEvents" | "getEvent" | "listChanges"> = {
  async listEvents({ params, query }, asking) {
    return listEvents(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async getEvent({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const event = await getEvent(asking.db, connection, params.event);
    if (event) return event;
    throw new ApiError("event_not_found", `${connection.name} has no event ${params.event}.`);
  },

  async listChanges({ params, query }, asking) {
    return listChanges(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },
};
