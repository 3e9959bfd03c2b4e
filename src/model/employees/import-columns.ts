/** Which column of an HR or directory export holds what, guessed by its heading. */
import type { EmployeeState } from "./employee.ts";

export const IMPORT_FIELDS = [
  "employee_id",
  "email",
  "other_email",
  "name",
  "first_name",
  "last_name",
  "department",
  "manager",
  "start_date",
  "leave_date",
  "status",
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/**
 * Headings as Workday, BambooHR, HiBob, Personio, Rippling, ADP, Okta, Entra ID and Google Workspace write them, without
 * blanks and signs, the surest first. Where two columns fit one field, the surer one is it.
 */
const HEADINGS: Record<Exclude<ImportField, "other_email">, readonly string[]> = {
  employee_id: [
    "employeeid",
    "employeeidincompany",
    "employeenumber",
    "employeeno",
    "workerid",
    "associateid",
    "personnelnumber",
    "staffid",
    "staffnumber",
    "personnumber",
    "payrollid",
    "ripplingid",
    "filenumber",
    "id",
  ],
  email: [
    "workemail",
    "primaryworkemail",
    "emailwork",
    "workcontactworkemail",
    "companyemail",
    "businessemail",
    "emailprimarywork",
    "workemailaddress",
    "emailaddressrequired",
    "primaryemail",
    "emailaddress",
    "email",
    "mail",
    "userprincipalname",
    "login",
    "username",
    "profilelogin",
    "profileemail",
  ],
  name: [
    "preferredname",
    "preferredfullname",
    "displayname",
    "fullname",
    "legalname",
    "legalfullname",
    "worker",
    "workername",
    "employeename",
    "employee",
    "payrollname",
    "name",
  ],
  first_name: [
    "preferredfirstname",
    "firstname",
    "firstnamerequired",
    "legalfirstname",
    "givenname",
    "forename",
    "profilefirstname",
  ],
  last_name: [
    "preferredlastname",
    "lastname",
    "lastnamerequired",
    "legallastname",
    "surname",
    "familyname",
    "profilelastname",
  ],
  department: [
    "department",
    "departmentname",
    "homedepartmentdescription",
    "homedepartment",
    "supervisoryorganization",
    "team",
    "division",
    "costcenter",
    "costcentre",
    "orgunitpathrequired",
    "orgunitpath",
  ],
  manager: [
    "manager",
    "managername",
    "workersmanager",
    "reportsto",
    "reportstolegalname",
    "reportstoname",
    "reportingto",
    "supervisor",
    "supervisorname",
    "linemanager",
    "directmanager",
    "managerdisplayname",
    "manageremail",
  ],
  start_date: [
    "originalhiredate",
    "hiredate",
    "startdate",
    "dateofhire",
    "datehired",
    "employeehiredate",
    "dateofjoining",
    "joiningdate",
    "firstdayofwork",
    "employmentstartdate",
  ],
  leave_date: [
    "terminationdate",
    "lastdayofwork",
    "lastworkingday",
    "lastday",
    "leavedate",
    "leavingdate",
    "dateofleaving",
    "employeeleavedatetime",
    "enddate",
    "dateterminated",
    "exitdate",
    "separationdate",
    "employmentenddate",
    "contractenddate",
    "contractends",
    "left",
    "leftdate",
  ],
  status: [
    "employmentstatus",
    "lifecyclestatus",
    "workerstatus",
    "employeestatus",
    "positionstatus",
    "activestatus",
    "statusreadonly",
    "status",
    "accountenabled",
    "active",
    "isactive",
    "currentlyemployed",
  ],
};

/** Every further address is one that somebody may be found by. */
const OTHER_EMAILS = /e-?mail|userprincipalname|^(login|username|mail|proxyaddresses)$/;

export const headingKey = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll("#", "number")
    .replace(/[^a-z0-9]/g, "");

/** Whether an account is switched on: of somebody whose leave date has passed that says nothing. */
export const isAccountSwitch = (heading: string): boolean => headingKey(heading) === "accountenabled";

/** A key that a program gave, of letters and signs or very long: no ID that people of the company know. */
export const isProgramsKey = (cell: string): boolean =>
  /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(cell) ||
  /^00u\w{17}$/.test(cell) ||
  /^\d{15,}$/.test(cell);

/** What each column holds; null: nothing that is kept. */
export function guessColumns(headings: readonly string[]): (ImportField | null)[] {
  const keys = headings.map(headingKey);
  const guessed: (ImportField | null)[] = keys.map(() => null);
  for (const [field, words] of Object.entries(HEADINGS) as [ImportField, readonly string[]][]) {
    const word = words.find((each) => keys.some((key, i) => key === each && guessed[i] === null));
    if (word !== undefined) guessed[keys.findIndex((key, i) => key === word && guessed[i] === null)] = field;
  }
  keys.forEach((key, i) => {
    const managers = key.includes("manager") || key.includes("supervisor");
    if (guessed[i] === null && !managers && OTHER_EMAILS.test(key)) guessed[i] = "other_email";
  });
  const first = guessed.indexOf("other_email");
  if (first >= 0 && !guessed.includes("email")) guessed[first] = "email";
  return guessed;
}

/** Words of a status column, as those programs write them. `suspended` says neither, so a person has to. */
const STATES: Record<EmployeeState, readonly string[]> = {
  employed: [
    "active",
    "employed",
    "current",
    "working",
    "true",
    "yes",
    "y",
    "1",
    "enabled",
    "provisioned",
    "regular",
    "full time",
    "full-time",
    "part time",
    "part-time",
    "permanent",
    "contractor",
    "intern",
    "recovery",
    "password_expired",
    "locked_out",
  ],
  on_leave: [
    "on leave",
    "leave",
    "leave of absence",
    "paid leave",
    "unpaid leave",
    "parental leave",
    "maternity leave",
    "garden leave",
    "sabbatical",
    "inactive - on leave",
  ],
  not_started: [
    "not started",
    "onboarding",
    "pending",
    "prehire",
    "pre-hire",
    "hired",
    "staged",
    "future hire",
    "pre-start",
  ],
  left: [
    "left",
    "terminated",
    "inactive",
    "former",
    "former employee",
    "deactivated",
    "deprovisioned",
    "resigned",
    "dismissed",
    "retired",
    "deceased",
    "offboarded",
    "false",
    "no",
    "n",
    "0",
    "disabled",
    "separated",
    "deleted",
    "ended",
  ],
};

const BY_WORD = new Map(
  (Object.entries(STATES) as [EmployeeState, readonly string[]][]).flatMap(([state, words]) =>
    words.map((word) => [word, state] as const),
  ),
);

export const statusKey = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, " ");

/** null: the word is not known, and isn't guessed. */
export const guessState = (text: string): EmployeeState | null => BY_WORD.get(statusKey(text)) ?? null;
