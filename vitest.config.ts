import { defineConfig } from 'vitest/config';

// Workspace packages are imported from their sources: no build is needed to run a test.
const conditions = ['@cahier/source'];

const node = (name: string, root: string) => ({
  extends: true as const,
  test: { name, root, environment: 'node', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    // Worker threads and child processes started by a test resolve workspace packages the same way.
    execArgv: ['--conditions=@cahier/source'],
    // A guard against hanging, far beyond what any test takes on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    passWithNoTests: false,
    projects: [
      node('protocol', 'packages/protocol'),
      node('hub', 'packages/hub'),
      node('mercure-client', 'packages/mercure-client'),
      node('y-mercure', 'packages/y-mercure'),
      node('y-prose', 'packages/y-prose'),
      node('editor-schema', 'packages/editor-schema'),
      node('testing', 'packages/testing'),
      node('server', 'apps/server'),
      {
        extends: true as const,
        test: { name: 'project', root: 'scripts', environment: 'node', include: ['*.test.ts'] },
      },
      {
        extends: true as const,
        test: {
          name: 'web',
          root: 'apps/web',
          environment: 'happy-dom',
          include: ['src/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});
