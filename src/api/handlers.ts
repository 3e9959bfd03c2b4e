/** Every handler of the contract. */
import { resolve } from "node:path";
import { accessHandlers } from "./access.ts";
import { actionHandlers } from "./actions.ts";
import { alertHandlers } from "./alerts.ts";
import { connectionHandlers } from "./connections.ts";
import { credentialLinkHandlers } from "./credential-links.ts";
import { employeeImportHandlers } from "./employee-import.ts";
import { employeeHandlers } from "./employees.ts";
import { ApiError } from "./errors.ts";
import { exportHandlers } from "./exports.ts";
import { findingHandlers } from "./findings.ts";
import type { Handlers } from "./handler.ts";
import { historyHandlers } from "./history.ts";
import { memberHandlers } from "./members.ts";
import { peopleHandlers } from "./people.ts";
import { reportHandlers } from "./report.ts";
import { runHandlers } from "./runs.ts";
import { sampleHandlers } from "./sample.ts";
import { scimTokenHandlers } from "./scim-tokens.ts";
import { signInHandlers } from "./sign-in.ts";
import { supportHandlers } from "./support.ts";
import { tokenHandlers } from "./tokens.ts";
import { trailHandlers } from "./trail-list.ts";
import { useHandlers } from "./use.ts";
import { viewHandlers } from "./views.ts";

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
