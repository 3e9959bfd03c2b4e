/** A value once it has rested: what is typed is asked for after a pause, not with each key. */
import { useEffect, useState } from "react";

const PAUSE_MS = 250;

export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
