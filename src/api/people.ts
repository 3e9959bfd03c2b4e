/** Users, roles and grants: the handlers of contract/users.ts and contract/grants.ts. */
import { listGrants } from "../insights/grants.ts";
import { listRoles } from "../insights/roles.ts";
import { getUser } from "../insights/user.ts";
import { listUsers } from "../insights/users.ts";
import { knowsJob } from "../store/jobs.ts";
import { ApiError } from "./errors.ts";
import { connectionOf, type Handlers } from "./handler.ts";

type Names = "listUsers" | "getUser" | "listRoles" | "listGrants";

export const peopleHandlers: Pick<Handlers, Names> = {
  async listUsers({ params, query }, asking) {
    return listUsers(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async getUser({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    const user = await getUser(asking.db, connection, params.user, asking.now());
    if (user) return user;
    throw new ApiError("user_not_found", `${connection.name} has never seen a user ${params.user}.`);
  },

  async listRoles({ params, query }, asking) {
    return listRoles(asking.db, await connectionOf(asking, params.c), query, asking.now());
  },

  async listGrants({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    if (query.job !== undefined && !(await knowsJob(asking.db, connection.id, query.job))) {
      throw new ApiError("job_not_found", `${connection.name} has never seen a job ${query.job}.`);
    }
    return listGrants(asking.db, connection, query, asking.now());
  },
};
