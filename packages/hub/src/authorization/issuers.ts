import { HubError } from '../diagnostics/errors.ts';
import type { VerificationKey } from './keys.ts';
import { createVerifier, type TokenVerifier } from './verifier.ts';

/** Whoever may issue access tokens of Mercure 1.0 for this hub: an authorization server, or a publisher itself. */
export interface Issuer {
  /** What its tokens have as `iss`, character by character. */
  readonly issuer: string;
  /** Verify its publishers' tokens. Default: none may publish. */
  readonly publisherKey?: VerificationKey | readonly VerificationKey[];
  /** Verify its subscribers' tokens. Default: none may subscribe. */
  readonly subscriberKey?: VerificationKey | readonly VerificationKey[];
  /** Whether clients are told of it as an OAuth authorization server (RFC 9728). Default: false. */
  readonly isAuthorizationServer?: boolean;
}

export type Role = 'publisher' | 'subscriber';

/** The verifiers of one party, each undefined where it has no key for the role. */
export type RoleVerifiers = Readonly<Record<Role, TokenVerifier | undefined>>;

/**
 * Makes the verifiers of every issuer, by its identifier. A token is only ever verified with the keys of the issuer that
 * it names (Mercure 1.0, "Token Validation").
 *
 * @throws HubError `options_invalid`, `key_weak` or `key_invalid`
 */
export function createIssuerVerifiers(issuers: readonly Issuer[]): ReadonlyMap<string, RoleVerifiers> {
  const verifiers = new Map<string, RoleVerifiers>();
  for (const { issuer, publisherKey, subscriberKey } of issuers) {
    if (issuer === '') throw new HubError('options_invalid', 'An issuer has no identifier');
    if (verifiers.has(issuer))
      throw new HubError('options_invalid', `The issuer "${issuer}" is listed twice`);
    if (publisherKey === undefined && subscriberKey === undefined) {
      throw new HubError('options_invalid', `The issuer "${issuer}" has no key`);
    }
    verifiers.set(issuer, createRoleVerifiers(`the issuer ${issuer}: `, publisherKey, subscriberKey));
  }
  return verifiers;
}

/** @param owner - begins the names of the keys in messages */
export function createRoleVerifiers(
  owner: string,
  publisherKey: Issuer['publisherKey'],
  subscriberKey: Issuer['subscriberKey'],
): RoleVerifiers {
  return {
    publisher: publisherKey && createVerifier(`${owner}publisherKey`, publisherKey),
    subscriber: subscriberKey && createVerifier(`${owner}subscriberKey`, subscriberKey),
  };
}
