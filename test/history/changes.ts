/** Carries out the changes of a history in the simulated organization. */
import { BadRequest } from "../../simulator/index.ts";
import type { Change } from "./steps.ts";
import type { World } from "./world.ts";

const SCOPES = [
  ...["users", "user_roles", "user_job_permissions", "future_job_permissions", "user_emails"],
  ...["departments", "offices", "jobs"],
].map((list) => `harvest:${list}:list`);
const AUDIT = "auditlog:events:list";

/** Changes pick among all that ever was: what is gone already can't go again, which is no fault of theirs. */
export function changer(world: World): (change: Change) => void {
  const { sim } = world;
  let names = 0;
  let offSince: string | null = null;
  const holes: [string, string][] = [];
  const scopesOff = new Set<string>();
  const at = <T>(list: readonly T[], n: number) => list[n % list.length]!;

  const mutate = (...mutations: Parameters<typeof sim.control.mutate>) => {
    try {
      sim.control.mutate(...mutations);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
    }
  };
  const credential = () =>
    sim.control.patchScenario({
      "credentials.v3": {
        [sim.clientId]: {
          secret: sim.clientSecret,
          scopes: scopesOff.size === 0 ? null : [...SCOPES, AUDIT].filter((scope) => !scopesOff.has(scope)),
        },
      },
    });

  return (change) => {
    const { users, roles, jobs, grants, rules, departments, offices } = sim.control.ids();
    const user = "user" in change ? at(users, change.user) : 0;
    const admin = sim.siteAdminId;
    switch (change.what) {
      case "add user": {
        const { siteAdmin, service } = change;
        names += 1;
        return mutate({
          op: "addUser",
          firstName: "New",
          lastName: `Comer ${names}`,
          email: `new.comer.${names}@aldermoor.example`,
          siteAdmin,
          service,
        });
      }
      case "deactivate":
        return mutate({ op: "deactivateUser", userId: user });
      case "reactivate":
        return mutate({ op: "reactivateUser", userId: user });
      case "hide":
        return mutate({ op: "hideUser", userId: user });
      case "show":
        return mutate({ op: "showUser", userId: user });
      case "rename":
        names += 1;
        return mutate({ op: "renameUser", userId: user, firstName: "Renamed", lastName: `Person ${names}` });
      case "move":
        return mutate({
          op: "updateUser",
          userId: user,
          set: {
            jobTitle: `Title ${change.user}`,
            departmentIds: [at(departments, change.user)],
            officeIds: [at(offices, change.user)],
          },
        });
      case "admin flag":
        return mutate({ op: "setSiteAdmin", userId: user, value: change.value });
      case "e-mail":
        return mutate({
          op: "changeEmail",
          userId: user,
          email: change.to % 5 === 0 ? null : `person.${change.to}@aldermoor.example`,
        });
      case "lose half":
        return mutate({ op: "loseHalfOfUsers" });
      case "show all":
        return mutate({ op: "showAllUsers" });
      case "grant":
        return mutate({ op: "addJobPermission", userId: user, roleId: at(roles, change.role) });
      case "rule":
        return mutate({
          op: "addFuturePermission",
          userId: user,
          roleId: at(roles, change.role),
          departmentId: change.role % 2 === 0 ? null : at(departments, change.role),
        });
      case "revoke":
        return grants.length > 0
          ? mutate({ op: "removeJobPermission", id: at(grants, change.grant) })
          : undefined;
      case "revoke rule":
        return rules.length > 0
          ? mutate({ op: "removeFuturePermission", id: at(rules, change.grant) })
          : undefined;
      case "revoke all of":
        return mutate({ op: "removeJobPermissionsOf", userId: user });
      case "confidential grants":
        sim.control.patchScenario({ "v3.confidentialGrants": change.shown ? "shown" : "hidden" });
        return;
      case "add role":
        names += 1;
        return mutate({ op: "addRole", name: `Role ${names}` });
      case "rename role":
        names += 1;
        return mutate({ op: "renameRole", roleId: at(roles, change.role), name: `Renamed ${names}` });
      case "remove role":
        return mutate({ op: "removeRole", roleId: at(roles, change.role) });
      case "close job":
        return mutate({ op: "closeJob", jobId: at(jobs, change.job) });
      case "reopen job":
        return mutate({ op: "reopenJob", jobId: at(jobs, change.job) });
      case "events":
        return mutate({
          op: "insertBurst",
          userId: user,
          count: change.count,
          sameMillisecond: change.sameMillisecond,
        });
      case "log off":
        // What is of this very moment was recorded, and may have been read already.
        offSince ??= new Date(world.simNow() + 1).toISOString();
        sim.control.patchScenario({ "audit.addon": "off" });
        return;
      case "log on":
        // While it is off nothing is recorded.
        if (offSince !== null && offSince < sim.control.clock().now)
          holes.push([offSince, sim.control.clock().now]);
        offSince = null;
        sim.control.patchScenario({ "audit.addon": "on", "audit.holes": holes });
        return;
      case "scope off":
        scopesOff.add(at([...SCOPES, AUDIT], change.scope));
        return void credential();
      case "scopes back":
        scopesOff.clear();
        return void credential();
      case "other minting":
        sim.control.revokeTokens();
        return;
      case "admin user down":
        return mutate({ op: "deactivateUser", userId: admin });
      case "admin user up":
        return mutate(
          { op: "reactivateUser", userId: admin },
          { op: "setSiteAdmin", userId: admin, value: true },
          { op: "showUser", userId: admin },
        );
      case "our clock":
        world.clockOff = change.hours;
    }
  };
}
