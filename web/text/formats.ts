/** The words within numbers and times. */
export const formatWords = {
  range: (low: string, high: string) => `${low} to ${high}`,
  days: (n: number) => (n === 1 ? "1 day" : `${n} days`),
  hours: (n: number) => `${n} h`,
  minutes: (n: number) => `${n} min`,
  seconds: (n: string) => `${n} s`,
  hoursAndMinutes: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  now: "just now",
  soon: "in a moment",
  ago: (text: string) => `${text} ago`,
  from: (text: string) => `in ${text}`,
} as const;
