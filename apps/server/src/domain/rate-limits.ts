import { type RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '../errors.ts';

/** @returns what somebody is told who has to wait */
export function tooManyAttempts({ msBeforeNext }: RateLimiterRes): CodedError {
  return new CodedError('too_many_attempts', {
    retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
  });
}

/**
 * Counts one attempt.
 *
 * @throws CodedError `too_many_attempts` with the time to wait
 */
export async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (spent) {
    throw spent instanceof RateLimiterRes ? tooManyAttempts(spent) : spent;
  }
}
