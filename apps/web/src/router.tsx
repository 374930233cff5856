import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { sessionQuery } from './api/queries.ts';
import { DocumentsPage } from './features/documents/documents-page.tsx';
import { TrashPage } from './features/documents/trash-page.tsx';
import { CrashPage, NotFoundPage } from './features/pages/pages.tsx';
import { LoginPage } from './features/session/login-page.tsx';
import { ownPath } from './features/session/own-path.ts';
import { SessionGuard } from './features/session/session-guard.tsx';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { from?: string } => {
    const from = ownPath(search.from);
    return from === undefined ? {} : { from };
  },
  beforeLoad: async ({ context, search }) => {
    // Without an answer the form is shown: it says itself when the server cannot be reached.
    const session = await context.queryClient.fetchQuery({ ...sessionQuery, retry: false }).catch(() => null);
    if (session !== null) throw redirect({ href: search.from ?? '/' });
  },
  component: LoginPage,
});

const guarded = createRoute({
  getParentRoute: () => root,
  id: 'guarded',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session === null) {
      throw redirect({ to: '/login', search: location.href === '/' ? {} : { from: location.href } });
    }
    return { user: session.user };
  },
  component: function Guarded() {
    const { user } = guarded.useRouteContext();
    return <SessionGuard user={user} />;
  },
});

const documents = createRoute({ getParentRoute: () => guarded, path: '/', component: DocumentsPage });
const trash = createRoute({ getParentRoute: () => guarded, path: '/trash', component: TrashPage });
const editor = createRoute({
  getParentRoute: () => guarded,
  path: '/documents/$documentId',
  component: lazyRouteComponent(() => import('./features/editor/editor-page.tsx'), 'EditorPage'),
});

const routeTree = root.addChildren([login, guarded.addChildren([documents, trash, editor])]);

/** Which page belongs to which address. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
