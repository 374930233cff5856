import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { configQuery } from '../../api/queries.ts';
import { FormError } from '../../ui/field.tsx';
import { loginFailure } from './login-errors.ts';
import { useLogIn } from './login-form.tsx';

/** The seeded users of a development server, each a press away. Renders nothing where there are none. */
export function TestUsers({ onSuccess }: { onSuccess: () => void }) {
  const { data: config } = useQuery(configQuery);
  const logIn = useLogIn(onSuccess);
  if (config === undefined || config.testUsers.length === 0) return null;
  return (
    <section aria-labelledby="test-users" className="mt-8 border-line border-t pt-6">
      <h2 id="test-users" className="text-sm text-soft">
        This is a development server. Try it as:
      </h2>
      {logIn.isError && (
        <div className="mt-3">
          <FormError>{loginFailure(logIn.error)}</FormError>
        </div>
      )}
      <ul className="-mx-3 mt-2 flex flex-col">
        {config.testUsers.map(credentials => (
          <li key={credentials.email}>
            <button
              type="button"
              onClick={() => logIn.mutate(credentials)}
              className="group flex min-h-12 w-full items-center gap-3 rounded-lg px-3 text-left transition-colors hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate font-medium text-sm">{credentials.email}</span>
              <span className="text-sm text-soft">
                <span className="sr-only">password </span>
                {credentials.password}
              </span>
              <ArrowRight
                aria-hidden
                className="size-4 text-soft transition-transform group-hover:translate-x-0.5"
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
