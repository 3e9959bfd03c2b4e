/** What a form of the first start and of the sign-in does when it is sent. */
import { useState } from "react";
import { ApiFailure } from "../api/client.ts";

export function useSending(): {
  busy: boolean;
  failure: ApiFailure | null;
  send: (work: () => Promise<void>) => Promise<ApiFailure | null>;
  forget: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const send = async (work: () => Promise<void>) => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      return null;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setFailure(error);
      return error;
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, send, forget: () => setFailure(null) };
}
