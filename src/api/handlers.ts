/** Every handler of the contract. */
import { resolve } from "node:path";
import { accessHandlers } from "./access/access.ts";
import { memberHandlers } from "./access/members.ts";
import { signInHandlers } from "./access/sign-in.ts";
import { tokenHandlers } from "./access/tokens.ts";
import { alertHandlers } from "./alerts/alerts.ts";
import { reportHandlers } from "./alerts/report.ts";
import { connectionHandlers } from "./connections/connections.ts";
import { credentialLinkHandlers } from "./connections/credential-links.ts";
import { runHandlers } from "./connections/runs.ts";
import { sampleHandlers } from "./connections/sample.ts";
import { employeeImportHandlers } from "./employees/employee-import.ts";
import { employeeHandlers } from "./employees/employees.ts";
import { scimTokenHandlers } from "./employees/scim-tokens.ts";
import { ApiError } from "./errors.ts";
import { exportHandlers } from "./exports/exports.ts";
import type { Handlers } from "./handler.ts";
import { actionHandlers } from "./insights/actions.ts";
import { findingHandlers } from "./insights/findings.ts";
import { historyHandlers } from "./insights/history.ts";
import { peopleHandlers } from "./insights/people.ts";
import { useHandlers } from "./insights/use.ts";
import { viewHandlers } from "./insights/views.ts";
import { supportHandlers } from "./support/support.ts";
import { trailHandlers } from "./trail/trail-list.ts";

const installationHandlers: Pick<Handlers, "backup" | "rotateKey"> = {
  async backup({ body }, { services }) {
    if (resolve(body.file) !== body.file) {
      throw new ApiError(
        "invalid_request",
        `"${body.file}" is not an absolute path.`,
        "Give the whole path.",
      );
    }
    return services.backup(body.file);
  },

  async rotateKey(_asked, { services }) {
    return services.rotateKey();
  },
};

export const handlers: Handlers = {
  ...accessHandlers,
  ...signInHandlers,
  ...memberHandlers,
  ...tokenHandlers,
  ...trailHandlers,
  ...connectionHandlers,
  ...runHandlers,
  ...peopleHandlers,
  ...actionHandlers,
  ...useHandlers,
  ...historyHandlers,
  ...findingHandlers,
  ...alertHandlers,
  ...reportHandlers,
  ...exportHandlers,
  ...employeeHandlers,
  ...employeeImportHandlers,
  ...scimTokenHandlers,
  ...viewHandlers,
  ...supportHandlers,
  ...credentialLinkHandlers,
  ...sampleHandlers,
  ...installationHandlers,
};
