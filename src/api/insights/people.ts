/** Users, roles and grants: the handlers of contract/users.ts and contract/grants.ts. */
import { listGrants } from "../../insights/grants.ts";
import { listJobs } from "../../insights/jobs.ts";
import { listRoles } from "../../insights/roles.ts";
import { getUser } from "../../insights/user.ts";
import { listUsers } from "../../insights/users.ts";
import type { Connection } from "../../model/connection.ts";
import { DayZone } from "../../model/day.ts";
import { shellName } from "../../model/text.ts";
import { markServiceAccount } from "../../store/usage/usage-rules.ts";
import { knowsJob } from "../../store/users/jobs.ts";
import { countAnew } from "../connections/count-anew.ts";
import { matched } from "../employees/employees.ts";
import { ApiError } from "../errors.ts";
import { connectionOf, type Handlers } from "../handler.ts";

type Names = "listUsers" | "getUser" | "markUser" | "listRoles" | "listGrants" | "listJobs";

export const peopleHandlers: Pick<Handlers, Names> = {
  async listUsers({ params, query }, asking) {
    return listUsers(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async getUser({ params }, asking) {
    const connection = await matched(asking, params.c);
    const user = await getUser(asking.db, connection, params.user, asking.now());
    if (user) return user;
    throw unknownUser(connection, params.user);
  },

  async markUser({ params, body }, asking) {
    const connection = await connectionOf(asking, params.c);
    const { store } = asking.services;
    const zone = new DayZone(connection.settings.timeZone);
    const found = await store.write((tx) =>
      markServiceAccount(tx, connection.id, zone, params.user, body.markedServiceAccount),
    );
    if (!found) throw unknownUser(connection, params.user);
    asking.trail.details = { markedServiceAccount: body.markedServiceAccount };
    await countAnew(store, connection.id);
    return (await getUser(asking.db, connection, params.user, asking.now()))!;
  },

  async listRoles({ params, query }, asking) {
    return listRoles(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async listJobs({ params, query }, asking) {
    return listJobs(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async listGrants({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    if (query.job !== undefined && !(await knowsJob(asking.db, connection.id, query.job))) {
      throw new ApiError(
        "job_not_found",
        `${connection.name} has never seen a job ${query.job}.`,
        "Its id is the number in the address of the job's page in Greenhouse.",
      );
    }
    return listGrants(asking.db, connection, query, asking.now());
  },
};

const unknownUser = (connection: Connection, user: string) =>
  new ApiError(
    "user_not_found",
    `${connection.name} has never seen a user ${user}.`,
    `Search for the user: glasshouse users ${shellName(connection.name)} --search TEXT.`,
  );
