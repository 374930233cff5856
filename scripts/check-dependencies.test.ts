import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importsOf, violations } from './check-dependencies.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cahier-dependencies-'));
  const parts = ['protocol', 'hub', 'mercure-client', 'y-mercure', 'editor-schema', 'y-prose', 'testing'].map(
    p => `packages/${p}`,
  );
  for (const part of [...parts, 'apps/server', 'apps/web', 'e2e']) {
    mkdirSync(join(root, part), { recursive: true });
    cpSync(join(project, part, 'package.json'), join(root, part, 'package.json'));
  }
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, source: string) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), source);
}

test('the project itself has no dependency against the direction', () => {
  expect(violations(project)).toEqual([]);
});

test.each([
  ['packages/hub/src/hub.ts', "import { HUB_PATH } from '@cahier/protocol';"],
  ['packages/protocol/src/x.ts', "export { x } from '@cahier/y-mercure';"],
  ['apps/server/src/x.ts', "import type { x } from '@cahier/web';"],
  ['apps/web/src/x.tsx', "const x = await import('@cahier/hub');"],
  ['apps/web/src/x.test.tsx', "import { createApp } from '@cahier/server';"],
  ['packages/y-mercure/src/x.ts', "import { x } from '../../hub/src/hub.ts';"],
  ['e2e/scenarios/x.spec.ts', "import { x } from '@cahier/protocol';"],
  ['packages/hub/src/matching/x.ts', "import { x } from '../endpoints/publish.ts';"],
  ['packages/hub/src/http/x.ts', "import { x } from '../hub.ts';"],
  ['packages/hub/src/unlisted/x.ts', "import { x } from '../diagnostics/errors.ts';"],
  ['packages/hub/src/endpoints/x.ts', "import { x } from '../unlisted/x.ts';"],
])('an import against the direction is found: %s', (file, source) => {
  write(file, source);
  expect(violations(root)).toMatchObject([{ file }]);
});

test('a test may use what its package lists for development', () => {
  write('packages/mercure-client/src/x.test.ts', "import { createHub } from '@cahier/hub';");
  expect(violations(root)).toEqual([]);
});

test('imports are read from code, not from comments', () => {
  const source = `// import { a } from 'a';\n/* from 'b' */\nimport type { C } from 'c';\nexport { d } from "d";\nimport 'e';`;
  expect(importsOf(source)).toEqual(['c', 'd', 'e']);
});
