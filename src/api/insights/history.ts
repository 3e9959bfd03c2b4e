/** Events and changes: the handlers of contract/changes.ts. */
import { listChanges } from "../../insights/changes.ts";
import { getEvent, listEvents } from "../../insights/events.ts";
import { allows } from "../../model/member.ts";
import { ApiError } from "../errors.ts";
import { type Asking, connectionOf, type Handlers } from "../handler.ts";

/** From where somebody acted is not for viewers. */
function shownTo<E extends { ip: string | null }>({ who }: Asking, event: E): E {
  return allows(who, "operator") ? event : { ...event, ip: null };
}

export const historyHandlers: Pick<Handlers, "listEvents" | "getEvent" | "listChanges"> = {
  async listEvents({ params, query }, asking) {
    const list = await listEvents(asking.db, await connectionOf(asking, params.c), query, asking.now());
    return { ...list, items: list.items.map((event) => shownTo(asking, event)) };
  },

  async getEvent({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const event = await getEvent(asking.db, connection, params.event);
    if (event) return shownTo(asking, event);
    throw new ApiError("event_not_found", `${connection.name} has no event ${params.event}.`);
  },

  async listChanges({ params, query }, asking) {
    return listChanges(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },
};
