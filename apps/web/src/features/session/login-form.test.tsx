import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sessionQuery } from '../../api/queries.ts';
import { createQueryClient } from '../../api/query-client.ts';
import { waitingTime } from '../../ui/waiting-time.ts';
import { LoginForm } from './login-form.tsx';

const user = { id: '7f1c1f0e-6a4b-4f5e-9a36-0f2f7c9b1a11', name: 'User', email: 'user@example.org' };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function logInAgainst(answer: () => Promise<Response>) {
  vi.stubGlobal('fetch', vi.fn(answer));
  const queryClient = createQueryClient();
  render(
    <QueryClientProvider client={queryClient}>
      <LoginForm />
    </QueryClientProvider>,
  );
  fireEvent.change(screen.getByLabelText('E-mail'), { target: { value: user.email } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'secret' } });
  fireEvent.click(screen.getByRole('button', { name: 'Log in' }));
  return queryClient;
}

const problem = (status: number, code: string, extra: object = {}) =>
  new Response(JSON.stringify({ type: `/problems/${code}`, title: code, status, code, ...extra }), {
    status,
  });

describe('the log-in form', () => {
  test.each([
    ['wrong credentials', async () => problem(401, 'invalid_credentials'), /do not match/],
    [
      'too many attempts, and how long to wait',
      async () => problem(429, 'too_many_attempts', { retryAfterSeconds: 40 }),
      /try again in 40 seconds/,
    ],
    ['an unreachable server', () => Promise.reject(new TypeError('no network')), /cannot be reached/],
  ])('tells of %s, and keeps what was typed', async (_, answer, message) => {
    logInAgainst(answer);
    expect((await screen.findByRole('alert')).textContent).toMatch(message);
    expect(screen.getByLabelText<HTMLInputElement>('E-mail').value).toBe(user.email);
  });

  test('makes the session known to the whole application', async () => {
    const queryClient = logInAgainst(async () => Response.json({ user }));
    await vi.waitFor(() => expect(queryClient.getQueryData(sessionQuery.queryKey)).toEqual({ user }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

test.each([
  [0, '1 second'],
  [1, '1 second'],
  [59.2, '60 seconds'],
  [90, '2 minutes'],
  [600, '10 minutes'],
])('a wait of %s s is told as "%s"', (seconds, told) => expect(waitingTime(seconds)).toBe(told));
