/** What Linux tells about a process, whoever it is. */
import { readFileSync } from "node:fs";

/** The kernel counts the time of processes in hundredths of a second. */
const TICK_MS = 10;

export interface ProcessFigures {
  /** The most memory it ever held (VmHWM), MB. */
  peakMb: number;
  /** What it holds now (VmRSS), MB. */
  residentMb: number;
  /** Of all its threads, ms. */
  cpuMs: number;
  /** Sent to the disk, bytes. */
  written: number;
}

export function figuresOf(pid: number): ProcessFigures {
  const status = read(pid, "status");
  const times = read(pid, "stat").split(") ")[1]!.split(" ");
  return {
    peakMb: Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024,
    residentMb: Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024,
    cpuMs: (Number(times[11]) + Number(times[12])) * TICK_MS,
    written: Number(/write_bytes: (\d+)/.exec(read(pid, "io"))![1]),
  };
}

/** The one child of a process, such as the program behind its launcher. */
export function childOf(pid: number): number {
  return Number(read(pid, `task/${pid}/children`).trim());
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    throw new Error(`/proc/${pid}/${file} can't be read: this is measured on Linux only.`, { cause: error });
  }
}
