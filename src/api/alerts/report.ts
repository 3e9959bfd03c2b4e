/** The weekly report: the handler of contract/report.ts. */
import { weeklyReport } from "../../alerts/report/report.ts";
import { connectionOf, type Handlers } from "../handler.ts";

export const reportHandlers: Pick<Handlers, "weeklyReport"> = {
  async weeklyReport({ params }, asking) {
    const { services, now } = asking;
    const connection = await connectionOf(asking, params.c);
    return weeklyReport(services.store, connection, now(), services.alerts);
  },
};
