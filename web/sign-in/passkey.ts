/** Asks the device for a passkey. What does that is loaded when it is first needed. */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { ApiFailure } from "../api/client.ts";
import { device } from "../text/sign-in.ts";

/** Has this browser passkeys, at this address? */
export const canPasskeys = (): boolean => window.isSecureContext && "PublicKeyCredential" in window;

/** @throws ApiFailure when the device, or who holds it, gives none */
export async function askForPasskey(options: object): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  return startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }).catch(
    refused,
  );
}

/** @throws ApiFailure when the device, or who holds it, makes none */
export async function makePasskey(options: object): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await import("@simplewebauthn/browser");
  return startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }).catch(refused);
}

function refused(error: unknown): never {
  const { name, code } = error as { name?: string; code?: string };
  const say = (what: string, cure: string) => new ApiFailure(0, "passkey_not_given", what, cure);
  if (code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") throw say(device.known, device.knownCure);
  if (code?.startsWith("ERROR_AUTHENTICATOR_")) throw say(device.unable, device.unableCure);
  if (name === "NotAllowedError" || name === "AbortError") throw say(device.none, device.noneCure);
  throw say(device.failed, device.failedCure);
}
