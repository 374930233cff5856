import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyAttempts } from './rate-limits.ts';

const WINDOW_S = 15 * 60;

/** Failures of one address with one account: generous to a forgetful person, useless to a guesser. */
const MAX_FAILURES_PER_ACCOUNT = 10;

/** Failures of one address with whatever accounts: a whole office may share the address. */
const MAX_FAILURES_PER_ADDRESS = 200;

/**
 * Counts failed log-ins. An account is only ever locked for the address that failed, so nobody can lock out somebody
 * else; an address is only locked when far more has failed than an office's people would.
 */
export class LoginLimits {
  readonly #perAccount = new RateLimiterMemory({ points: MAX_FAILURES_PER_ACCOUNT, duration: WINDOW_S });
  readonly #perAddress = new RateLimiterMemory({ points: MAX_FAILURES_PER_ADDRESS, duration: WINDOW_S });

  /** @throws CodedError `too_many_attempts` with the time to wait */
  async check(email: string, address: string): Promise<void> {
    refuseIfSpent(await this.#perAccount.get(accountKey(email, address)), MAX_FAILURES_PER_ACCOUNT);
    refuseIfSpent(await this.#perAddress.get(networkOf(address)), MAX_FAILURES_PER_ADDRESS);
  }

  async failed(email: string, address: string): Promise<void> {
    await this.#perAccount.penalty(accountKey(email, address));
    await this.#perAddress.penalty(networkOf(address));
  }

  async succeeded(email: string, address: string): Promise<void> {
    await this.#perAccount.delete(accountKey(email, address));
  }
}

function refuseIfSpent(state: RateLimiterRes | null, points: number) {
  if (state !== null && state.consumedPoints >= points) throw tooManyAttempts(state);
}

const accountKey = (email: string, address: string) => `${networkOf(address)} ${email}`;

/** An IPv6 customer has at least a /64 to choose addresses from, so that much counts as one. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest);
  }
  return `${groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
