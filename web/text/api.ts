/** What stands in place of an answer that did not come from Glasshouse. */
export const api = {
  unreachable: "Glasshouse does not answer.",
  unreachableCure: "Is it still running? Start it, then try again.",
  notOurs: (status: number) => `The server answered ${status}, and not in the way of Glasshouse.`,
  notOursCure: "Is there a proxy before it? Its log says why.",
  brokeOff: "The connection to Glasshouse broke off.",
  noSuchPage: "There is no such page.",
  openDashboard: "Open the dashboard",
  noSuchPageCure: "The address may be mistyped, or the page has another one now.",
  tryAgain: "Try again",
};
