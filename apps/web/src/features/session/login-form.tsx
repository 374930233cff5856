import { type Credentials, RequestError, type Session } from '@cahier/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { keep } from '../../api/kept.ts';
import { sessionQuery } from '../../api/queries.ts';
import { tellSessionChanged } from '../../api/session-news.ts';
import { Button } from '../../ui/button.tsx';
import { FormError, TextField } from '../../ui/field.tsx';
import { loginFailure } from './login-errors.ts';

/** Logs in; on success the session is known to the whole application. */
export function useLogIn(onSuccess?: (session: Session) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => api.createSession({ body: credentials }),
    onSuccess: session => {
      keep('session', session);
      queryClient.setQueryData(sessionQuery.queryKey, session);
      tellSessionChanged();
      onSuccess?.(session);
    },
  });
}

export interface LoginFormProps {
  /** Known already: only the password is asked for. */
  email?: string;
  onSuccess?: (session: Session) => void;
}

/** Asks for e-mail address and password. */
export function LoginForm({ email: fixedEmail, onSuccess }: LoginFormProps) {
  const [email, setEmail] = useState(fixedEmail ?? '');
  const [password, setPassword] = useState('');
  const passwordInput = useRef<HTMLInputElement>(null);
  const logIn = useLogIn(onSuccess);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (logIn.isPending) return;
    logIn.mutate(
      { email, password },
      {
        onError: error => {
          const refused = error instanceof RequestError && error.code === 'invalid_credentials';
          if (refused) passwordInput.current?.select();
        },
      },
    );
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {logIn.isError && <FormError>{loginFailure(logIn.error)}</FormError>}
      {fixedEmail === undefined && (
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          value={email}
          onValueChange={setEmail}
        />
      )}
      {fixedEmail !== undefined && (
        <input type="hidden" name="email" autoComplete="username" value={fixedEmail} readOnly />
      )}
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={fixedEmail !== undefined}
        required
        ref={passwordInput}
        value={password}
        onValueChange={setPassword}
      />
      <Button type="submit" variant="primary" busy={logIn.isPending} className="mt-2">
        Log in
      </Button>
    </form>
  );
}
