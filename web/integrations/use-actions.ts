/** What a button of a connection does, with its failure said where no place of its own is. */
import { useMutation } from "@tanstack/react-query";
import { type Answer, type Call, call } from "../api/client.ts";
import { invalidate } from "../api/query.ts";
import { say } from "../components/ui/toast.tsx";
import { untilIdle } from "./use-progress.ts";

const told = () =>
  invalidate(
    ...(["listConnections", "getConnection", "credentialInUse", "verdicts"] as const),
    ...(["listRuns", "held", "overview", "licenses", "progress"] as const),
  );

/** What a run finds is shown as soon as it is found, not when the page looks again by itself. */
async function followed(id: number): Promise<void> {
  await told();
  void untilIdle(id).then(told);
}

function failed(error: Error): void {
  say(error.message, "cant");
}

export function useSync(id: number) {
  return useMutation({
    mutationFn: (body: Call<"startSync">["body"]) => call("startSync", { params: { c: String(id) }, body }),
    onSuccess: () => followed(id),
    onError: failed,
  });
}

export function useStop(id: number) {
  return useMutation({
    mutationFn: () => call("stopSync", { params: { c: String(id) } }),
    onSuccess: told,
    onError: failed,
  });
}

export function useUpdate(id: number) {
  return useMutation({
    mutationFn: (body: Call<"updateConnection">["body"]): Promise<Answer<"updateConnection">> =>
      call("updateConnection", { params: { c: String(id) }, body }),
    onSuccess: () => followed(id),
  });
}

type Stream = Call<"acceptHeld">["params"]["stream"];

/** Of a held listing the loss that is shown. */
export function useAccept(id: number) {
  return useMutation({
    mutationFn: ({ stream, rowsAbsent }: Call<"acceptHeld">["body"] & { stream: Stream }) =>
      call("acceptHeld", { params: { c: String(id), stream }, body: { rowsAbsent } }),
    onSuccess: told,
    // It may have become another loss since it was shown.
    onError: (error) => {
      failed(error);
      return told();
    },
  });
}

export { followed as syncBegan, told as connectionChanged };
