/** What signing in without a password says. */

export const ways = {
  or: "or",
  sso: (label: string) => `Sign in with ${label}`,
  ssoBusy: "Going there",
  passkey: "Use a passkey",
  passkeyBusy: "Asking the device",
  ssoThere: (label: string) => `To sign in with ${label}, open`,
  bothThere: (label: string) => `To sign in with ${label} or a passkey, open`,
  passkeyThere: "To sign in with a passkey, open",
};

export const sso = {
  title: "Signing in",
  text: "Glasshouse asks whether it is you.",
  failedTitle: "You are not signed in",
  again: "Back to sign-in",
};

export const noRole = {
  title: "No role yet",
  text: "You are known here, and may see nothing until an admin gives you a role.",
  next: "Ask an admin: the page Members lists you. Then sign in again.",
  again: "Sign in again",
};

export const secondFactorNeeded = {
  title: "Add a second factor",
  text: "Whoever signs in with a password needs one here, and you have none yet. Add one of the two, and you are in.",
  passkeyTitle: "Use your passkey",
  passkeyText:
    "A password alone lets nobody in here any more, and you have a passkey. Sign out, and sign in with it. Is it lost? An admin gives you a one-time code.",
  signOut: "Sign out",
};

/** What the device, or the person at it, did not do. */
export const device = {
  none: "No passkey was chosen.",
  noneCure: "Try again: the device asks for your finger, face or PIN.",
  known: "This device has a passkey of yours already.",
  knownCure: "Use another device or password manager.",
  unable: "This device can't keep such a passkey.",
  unableCure: "It has to make sure of who you are: set a PIN on it, or use another device.",
  failed: "The device gave no passkey.",
  failedCure: "Try again, or use another device.",
};

export const passkeys = {
  title: "Passkeys",
  text: "A passkey signs you in with your finger, face or PIN: no password, no code. It stays on your device.",
  none: "You have none.",
  add: "Add a passkey",
  created: "since",
  used: "last used",
  neverUsed: "never used",
  synced: "on several devices",
  rename: "Rename",
  renameThis: (name: string) => `Rename ${name}`,
  remove: "Remove",
  removeThis: (name: string) => `Remove ${name}`,
  addText: "The device asks for your finger, face or PIN next.",
  name: "Name",
  nameHint: "So that you know it again: the device or password manager that keeps it.",
  needName: "Enter a name.",
  password: "Your password",
  needPassword: "Enter your password.",
  added: "The passkey is added.",
  renamed: "The passkey has its new name.",
  save: "Save",
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: "It signs you in no more, and your other sessions end. Delete it from the device too.",
  removeSignInAgain:
    "To remove one, sign out and in again first: you have no password to ask for, and you have been here for longer than ten minutes.",
  removed: "The passkey is removed. Your other sessions have ended.",
  signInAgain:
    "To add one, sign out and in again first: you have no password to ask for, and you have been here for longer than ten minutes.",
  elsewhere: "Passkeys are made and used at",
  nowhere: (address: string) =>
    `Browsers give passkeys to https alone, and Glasshouse is opened as ${address}. An admin sets GLASSHOUSE_PUBLIC_URL.`,
  unable: "This browser has no passkeys.",
};
