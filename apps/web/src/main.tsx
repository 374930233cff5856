import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { sessionQuery } from './api/queries.ts';
import { createQueryClient } from './api/query-client.ts';
import { onSessionChanged } from './api/session-news.ts';
import { createAppRouter } from './router.tsx';
import './styles/index.css';
import { Toasts } from './ui/toasts.tsx';

// Compiled schemas need `eval`, which the page's security policy does not allow.
z.config({ jitless: true });

const queryClient = createQueryClient();
onSessionChanged(() => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }));
const router = createAppRouter(queryClient);

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has lost its #root');
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delay={400}>
        <RouterProvider router={router} />
        <Toasts />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);

// Without HTTPS browsers have no service workers. While developing, files are to come from where they are edited.
if (import.meta.env.PROD) {
  navigator.serviceWorker?.register('/sw.js').catch(() => {
    // The application works without it, but does not open without the server.
  });
}
