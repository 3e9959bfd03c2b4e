/** Words of *Look around with sample data*. */
export const sampleWords = {
  title: "Look around with sample data",
  text: "A made-up organization of 400 people, with their grants and a month of use. It lives apart from your data, and every page says so.",
  start: "Look around",
  making: "The sample organization is being made. That takes about half a minute.",
  steps: {
    simulator: "Start a simulated Greenhouse",
    connect: "Connect it, as you would connect yours",
    read: "Read its users, roles, grants and use",
    changes: "Make the changes of some days, and read again",
  },
  ready: "The sample organization is ready, in a Glasshouse of its own. It ends with this server.",
  open: "Open the sample data",
  showCode: "How do I get in?",
  code: "Its setup code",
  codeNote: "Shown this once. Enter it there, and become the first admin of the sample data. Good until",
  claimed: "It has an admin already: sign in there as you did before.",
  stop: "Stop sample data",
  failed: "The sample data could not be started:",
  again: "Try again",
  how: "On a machine of your own that has Glasshouse, type this in a terminal and open the address that it prints:",
  command: "npm run demo",
};
