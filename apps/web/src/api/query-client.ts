import { RequestError } from '@cahier/protocol';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { sessionQuery } from './queries.ts';

/** Whether trying again may help by itself: no answer, or a server that is ill for the moment. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof RequestError &&
    (error.code === 'unreachable' || (error.status !== undefined && error.status >= 500))
  );
}

/** Makes the cache of what the server said. Whatever is refused for want of a session ends the session here too. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof RequestError && error.code === 'unauthenticated')
      queryClient.setQueryData(sessionQuery.queryKey, null);
  };
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // What the browser calls online says nothing about a server on this machine or in this house.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isTransient(error),
        retryDelay: failures => Math.min(500 * 2 ** failures, 4000),
      },
      mutations: { networkMode: 'always' },
    },
  });
  return queryClient;
}
