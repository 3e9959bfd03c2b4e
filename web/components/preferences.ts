/**
 * What a reader chose for this browser: colors and exact times. Kept locally; nothing of it is data.
 * const [exact, setExact] = usePreference("exact");
 */
import { useSyncExternalStore } from "react";

export interface Preferences {
  theme: "system" | "light" | "dark";
  exact: boolean;
}

const KEY = "glasshouse.preferences";
const DEFAULTS: Preferences = { theme: "system", exact: false };
const listeners = new Set<() => void>();
let preferences = read();
apply();

export function usePreference<K extends keyof Preferences>(
  name: K,
): [Preferences[K], (value: Preferences[K]) => void] {
  const value = useSyncExternalStore(subscribe, () => preferences[name]);
  return [value, (next) => set(name, next)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  preferences = { ...preferences, [name]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Storage is blocked: the choice holds until the page is left.
  }
  apply();
  for (const listener of listeners) listener();
}

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

function apply(): void {
  const { theme } = preferences;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
