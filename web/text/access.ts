/** What the first start and the sign-in say. */
/** Fewer characters the API refuses. */
export const MIN_PASSWORD = 12;

export const setup = {
  title: "Welcome",
  text: "Enter the setup code printed where Glasshouse was started.",
  code: "Setup code",
  codeHint: "It stands in the terminal that runs Glasshouse. Not there? npm run -s glasshouse -- setup-code",
  you: "You become the first admin.",
  name: "Your name",
  email: "E-mail",
  password: "Password",
  passwordHint: "At least 12 characters. A sentence is fine.",
  submit: "Create the first admin",
  busy: "Creating",
  need: {
    code: "Enter the setup code.",
    name: "Enter your name.",
    email: "Enter an e-mail address.",
    password: "At least 12 characters.",
  },
  ways: "What would you like to see first?",
  done: (name: string) => `${name}, you are the first admin.`,
};

export const signIn = {
  title: "Sign in",
  text: "Glasshouse shows who has access to Greenhouse, and who really uses it.",
  email: "E-mail",
  password: "Password",
  ended: "Your session has ended. Sign in to go on where you were.",
  submit: "Sign in",
  busy: "Signing in",
  secondTitle: "Second factor",
  secondText: "Enter the six digits of your authenticator app, or one of your recovery codes.",
  code: "Code",
  back: "Use another account",
  forgot: "Password lost? An admin makes a new invitation; the last admin types this where Glasshouse runs:",
  forgotCommand: "npm run -s glasshouse -- reset-admin",
  need: { email: "Enter your e-mail address.", password: "Enter your password.", code: "Enter the code." },
  haveCode: "I have an invitation or a one-time code",
};

export const oneTimeCode = {
  title: "Set your password",
  text: "Enter the one-time code of your invitation, or the one that glasshouse reset-admin printed.",
  code: "One-time code",
  name: "Your name",
  nameHint: "Left empty: as it was given.",
  password: "New password",
  passwordHint: "At least 12 characters. A sentence is fine.",
  submit: "Set password and sign in",
  busy: "Setting",
  back: "Back to sign-in",
  invitedText:
    "Glasshouse shows who has access to Greenhouse, and who really uses it. Set a password and you are in.",
  noCode: "This address holds no code: open it whole, as you were given it, or enter the code.",
  instead: (name: string) =>
    `This browser is signed in as ${name}. Setting the password signs that person out.`,
  need: { code: "Enter the one-time code.", password: "At least 12 characters." },
};
