/** Actions: the handlers of contract/actions.ts. */
import { allActions, oneAction, targetsOf } from "../../insights/actions.ts";
import { grantsThatFit, usersOnList, usersThatFit } from "../../insights/selection.ts";
import { MOST_TARGETS, type Wanted } from "../../jobs/actions/preview.ts";
import type { Connection } from "../../model/connection.ts";
import type { Actor } from "../../model/member.ts";
import { shellName } from "../../model/text.ts";
import { type Action, type ActionPerson, getAction } from "../../store/actions/actions.ts";
import { freshMatches } from "../../store/employees/employee-matches.ts";
import { askerName } from "../connections/asker.ts";
import type { Answer, Asked } from "../contract.ts";
import { ApiError } from "../errors.ts";
import { type Asking, connectionOf, type Handlers } from "../handler.ts";

type Names =
  | "previewAction"
  | "applyAction"
  | "approveAction"
  | "stopAction"
  | "listActions"
  | "getAction"
  | "listTargets";

export const actionHandlers: Pick<Handlers, Names> = {
  async previewAction({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    const wanted = await wantedOf(asking, connection, body);
    const id = await asking.services.previewAction(connection, wanted, personOf(asking.who), asking.signal);
    asking.trail.target = `action ${id}`;
    asking.trail.details = { kind: body.kind, serviceAccounts: body.serviceAccounts };
    return viewOf(asking, connection, id);
  },

  async applyAction({ params, body }, asking) {
    const { connection, action } = await actionOf(asking, params);
    await asking.services.applyAction(connection, action, { count: body.count, by: personOf(asking.who) });
    return viewOf(asking, connection, action.id);
  },

  async approveAction({ params }, asking) {
    const { connection, action } = await actionOf(asking, params);
    await asking.services.approveAction(connection, action, personOf(asking.who));
    return viewOf(asking, connection, action.id);
  },

  async stopAction({ params }, asking) {
    const { connection, action } = await actionOf(asking, params);
    await asking.services.stopAction(action, personOf(asking.who));
    return viewOf(asking, connection, action.id);
  },

  async listActions({ params, query }, asking) {
    return allActions(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async getAction({ params }, asking) {
    return viewOf(asking, await connectionOf(asking, params.c), params.action);
  },

  async listTargets({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    const found = await targetsOf(asking.db, connection, params.action, query, asking.now());
    if (found) return found;
    throw unknownAction(connection, params.action);
  },
};

async function wantedOf(
  { db, now, services }: Asking,
  connection: Connection,
  { kind, serviceAccounts, ...whom }: Asked<"previewAction">["body"],
): Promise<Wanted> {
  const wanted = { kind, serviceAccounts };
  // One more than may be: so that too many are noticed.
  const most = MOST_TARGETS + 1;
  if (whom.usersThatFit) {
    return { ...wanted, users: await usersThatFit(db, connection, whom.usersThatFit, most, now()) };
  }
  if (whom.usersOnList) {
    await freshMatches(services.store, connection.id);
    return { ...wanted, users: await usersOnList(db, connection, whom.usersOnList, most, now()) };
  }
  if (whom.grantsThatFit) {
    return { ...wanted, grants: await grantsThatFit(db, connection, whom.grantsThatFit, most, now()) };
  }
  if (whom.undo !== undefined) return { ...wanted, undo: whom.undo };
  if (whom.grants) {
    const once = new Map(whom.grants.map((grant) => [`${grant.kind} ${grant.id}`, grant]));
    return { ...wanted, grants: [...once.values()] };
  }
  return { ...wanted, users: whom.users ?? [] };
}

async function actionOf(
  asking: Asking,
  params: { c: string; action: number },
): Promise<{ connection: Connection; action: Action }> {
  const connection = await connectionOf(asking, params.c);
  const action = await getAction(asking.db, connection.id, params.action);
  if (!action) throw unknownAction(connection, params.action);
  asking.trail.target = `action ${action.id}`;
  asking.trail.details = { kind: action.kind, targets: action.targets, proposedBy: action.madeBy.name };
  return { connection, action };
}

async function viewOf(asking: Asking, connection: Connection, id: number): Promise<Answer<"getAction">> {
  const view = await oneAction(asking.db, connection, id, asking.now());
  if (view) return view;
  throw unknownAction(connection, id);
}

const unknownAction = ({ name }: Connection, id: number) =>
  new ApiError(
    "action_not_found",
    `${name} has no action ${id}.`,
    `See glasshouse actions ${shellName(name)}.`,
  );

function personOf(who: Actor): ActionPerson {
  return { member: who.kind === "member" ? who.member.id : null, name: askerName(who) };
}
