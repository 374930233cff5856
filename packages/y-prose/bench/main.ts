import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { buildPage, launch } from './browser.ts';
import { elements, longDocument, type Model, sequence, store } from './documents.ts';
import { measure, type Result } from './measure.ts';
import { resultTable } from './report.ts';

const HELP = `How fast the editor is in a real Chromium, next to others, on the same machine in the same run.

  npm run bench -- editor

  --sizes A,B        characters in the document. Default: 100000,1000000
  --editors A,B      only these: bare, plain, plain-prose, tiptap-stock, tiptap-prose
  --json FILE        writes all numbers there
  --profile FOLDER   writes CPU profiles of the page there`;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000,1000000' },
    editors: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

const EDITS = 100;
const MERGED = { updates: 5, edits: 200 };
const EFFORT = { openings: 5, keys: 60 };

/** Which model each editor of the comparison keeps its document in. */
const MODELS: Record<string, Model> = {
  bare: sequence,
  plain: elements,
  'plain-prose': sequence,
  'tiptap-stock': elements,
  'tiptap-prose': sequence,
};

const editors = values.editors?.split(',') ?? Object.keys(MODELS);
const files = await buildPage();
const browser = await launch();
try {
  const environment = {
    processor: cpus()[0]?.model,
    chromium: browser.version(),
    versions: Object.fromEntries(
      ['prosemirror-view', '@tiptap/core', '@tiptap/y-tiptap', 'y-prosemirror', 'yjs'].map(name => [
        name,
        versionOf(name),
      ]),
    ),
  };
  console.log(`${environment.processor}, Chromium ${environment.chromium}`);
  console.log(
    Object.entries(environment.versions)
      .map(entry => entry.join(' '))
      .join(', '),
  );

  const sizes: Record<string, Record<string, Result>> = {};
  for (const size of values.sizes.split(',').map(Number)) {
    const content = longDocument(size);
    const results = new Map<string, Result>();
    for (const name of editors) {
      const model = MODELS[name];
      if (model === undefined) throw new Error(`There is no editor “${name}”`);
      const stored = store(model, content, EDITS, MERGED);
      results.set(
        name,
        await measure({ browser, files, profileFolder: values.profile }, name, stored, EFFORT),
      );
    }
    console.log(
      `\n${size.toLocaleString('en')} characters, ${content.childCount.toLocaleString('en')} blocks`,
    );
    console.log(resultTable(results));
    sizes[size] = Object.fromEntries(results);
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ environment, sizes }, null, 2)}\n`);
  }
} finally {
  await browser.close();
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const paths = require.resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return JSON.parse(readFileSync(`${path}/${name}/package.json`, 'utf8')).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}
