import { DEFAULT_FINDING_SETTINGS, type FindingSettings } from "./finding.ts";
import type { WindowRule } from "./license.ts";
import type { Lane, Stream } from "./stream.ts";

export const CREDENTIAL_KINDS = ["harvest_v3", "harvest_v1"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export const PERMISSION_TYPES = ["read", "read_and_act"] as const;
export type PermissionType = (typeof PERMISSION_TYPES)[number];

/** v3: client id and secret. v1: the API key alone is the secret. */
export interface Credential {
  kind: CredentialKind;
  clientId: string | null;
  secret: string;
}

/** The three origins of one Greenhouse account. A credential is never sent to any other. */
export interface Origins {
  harvest: string;
  auth: string;
  audit: string;
}

export const GREENHOUSE_ORIGINS: Origins = {
  harvest: "https://harvest.greenhouse.io",
  auth: "https://auth.greenhouse.io",
  audit: "https://auditlog.us.greenhouse.io",
};

export interface ConnectionSettings {
  /** Minutes between the starts of two runs of a lane. */
  everyMinutes: Record<Lane, number>;
  /** Streams switched off by choice. */
  off: Stream[];
  /** IANA name. It decides the day. Fixed at connect; a later change rebuilds days. */
  timeZone: string;
  /** Whole days without use after which a license is unused, unless one of `windows` fits. */
  windowDays: number;
  /** Windows of their own for a level or a role: the longest that fits a person is theirs. */
  windows: WindowRule[];
  /** How long raw events are kept; roll-ups stay. null: for ever. */
  keepEventsDays: number | null;
  /** Share of Greenhouse's rate limits that we use, in percent; the rest is for the customer's other tools. */
  sharePercent: number;
  /** Thresholds and switches of findings. */
  findings: FindingSettings;
  /** An action runs only once another admin has approved it. */
  secondApproval: boolean;
}

/** Greenhouse keeps 30 days and they are read again at times: an event deleted sooner would be taken for new. */
export const FEWEST_EVENT_DAYS = 35;

export const DEFAULT_SETTINGS: ConnectionSettings = {
  everyMinutes: { directory: 60, grants: 60, usage: 15, recruiting_activity: 60 },
  off: [],
  timeZone: "UTC",
  windowDays: 28,
  windows: [],
  keepEventsDays: 400,
  sharePercent: 90,
  findings: DEFAULT_FINDING_SETTINGS,
  secondApproval: false,
};

/** Any of the settings; lanes of everyMinutes and those of findings one by one. */
export type SettingsChange = Partial<Omit<ConnectionSettings, "everyMinutes" | "findings">> & {
  everyMinutes?: Partial<Record<Lane, number>>;
  findings?: Partial<FindingSettings>;
};

/** What isn't named stays as it is. */
export function withChange(before: ConnectionSettings, change: SettingsChange): ConnectionSettings {
  return {
    ...before,
    ...change,
    everyMinutes: { ...before.everyMinutes, ...change.everyMinutes },
    findings: { ...before.findings, ...change.findings },
  };
}

export const CONNECTION_STATES = [
  "not_synced_yet",
  "syncing",
  "connected",
  "needs_attention",
  "failing",
  "paused",
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** A connection as the store keeps it; the credential is kept apart, encrypted. */
export interface Connection {
  /** Small integer that leads every key. */
  id: number;
  name: string;
  vendor: "greenhouse";
  credentialKind: CredentialKind;
  /** Keyed hash of origin, kind, client id or key: two connections can't share one. */
  fingerprint: string;
  permissionType: PermissionType;
  adminUserId: string | null;
  origins: Origins;
  settings: ConnectionSettings;
  paused: boolean;
  /** Set by disconnect with *keep data*: the credential is gone. */
  frozenAt: number | null;
  /** Raised whenever credential, admin user or scopes changed: absence across it proves nothing. */
  viewerVersion: number;
  /** Greenhouse's organization id, learnt from events. */
  organizationId: string | null;
  /** Greenhouse's clock minus ours when last seen. Use is judged by Greenhouse's clock. */
  clockSkewMs: number;
  createdAt: number;
}
