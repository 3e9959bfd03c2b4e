/** How an account writes its rows: does it leave out fields that are null? */
import type { SessionOptions, TrafficStore } from "../connector.ts";
import { isRecord } from "../json.ts";

/** How an account writes its rows, as all lists that this process has read have shown. */
export interface Habit {
  /** Rows of one list don't all have the same fields: those without a value may be left out. One that Greenhouse has renamed is missing everywhere. */
  differ: boolean;
  /** Some have a field that says null: then none is left out for want of a value. */
  sayNull: boolean;
}

export const newHabit = (): Habit => ({ differ: false, sayNull: false });

const habits = new WeakMap<TrafficStore, Map<string, Habit>>();

/** The habit of who is asked with a credential; the same for all sessions of this process. */
export function habitOf({ traffic, connection }: Pick<SessionOptions, "traffic" | "connection">): Habit {
  const known = habits.get(traffic) ?? new Map<string, Habit>();
  habits.set(traffic, known);
  const habit = known.get(connection.fingerprint) ?? newHabit();
  known.set(connection.fingerprint, habit);
  return habit;
}

/** Takes up what these rows of one list show. */
export function learnHabit(habit: Habit, rows: readonly unknown[]): void {
  if (habit.sayNull) return;
  const objects = rows.filter(isRecord);
  habit.sayNull = objects.some((row) => Object.values(row).includes(null));
  const fields = new Set(Object.keys(objects[0] ?? {}));
  habit.differ ||= objects.some((row) => {
    const names = Object.keys(row);
    return names.length !== fields.size || names.some((name) => !fields.has(name));
  });
}
