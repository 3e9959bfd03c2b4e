/** What a claim about speed gives: figures of one run, each with its goal and the conditions it was taken under. */

import type { BenchPostgres } from "./place.ts";

export type Goal = { atMost: number } | { below: number } | { atLeast: number } | { about: number };

export interface Figure {
  what: string;
  value: number;
  /** "": a ratio of two things measured in this run. */
  unit: "" | "MB" | "kB" | "bytes" | "%" | "ms" | "s";
  /** null: told for comparison. */
  goal: Goal | null;
  /** Sizes, time scale, cap, limits, and whatever else decides the figure. */
  conditions: string;
}

export interface Options {
  /** The sizes of the goals; else sizes that finish in about a minute. */
  full: boolean;
  /** Of what has the size of an installation: 1, or a part of it. */
  size: number;
  /** null: the embedded database. */
  postgres: BenchPostgres | null;
  /** Where growth leaves its data for the next time; null: it removes them. */
  keep: string | null;
  /** Where a long measurement stands. */
  say: (text: string) => void;
}

export type Claim = (options: Options) => Promise<Figure[]>;

/** How far from its goal a ratio of "the same" may be. */
const SAME = 0.05;

export function isMet({ value, goal }: Figure): boolean | null {
  if (goal === null) return null;
  if ("atMost" in goal) return value <= goal.atMost;
  if ("below" in goal) return value < goal.below;
  if ("atLeast" in goal) return value >= goal.atLeast;
  return Math.abs(value - goal.about) <= SAME * goal.about;
}

export function goalText({ goal, unit }: Figure): string {
  if (goal === null) return "";
  const [kind, value] = Object.entries(goal)[0] as [string, number];
  const sign = { atMost: "≤", below: "<", atLeast: "≥", about: "≈" }[kind]!;
  return `${sign} ${value}${unit && ` ${unit}`}`;
}

export function valueText({ value, unit }: Pick<Figure, "value" | "unit">): string {
  const digits = unit === "" ? (value < 2 ? 3 : 1) : value < 10 ? 1 : 0;
  return `${value.toFixed(digits)}${unit && ` ${unit}`}`;
}

/** The value below which 95 of 100 lie. */
export function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1]!;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}
