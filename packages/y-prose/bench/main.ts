import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { readBenchmarkOptions, Scenarios } from '@cahier/testing';
import { buildPage, launch } from './browser.ts';
import { elements, longDocument, type Model, type Stored, sequence, store } from './documents.ts';
import { type Effort, editsFor, measure } from './measure.ts';
import { resultTable } from './report.ts';

const HELP = `How fast the editor is in a real Chromium, next to others, on the same machine in the same run.

  npm run bench -- editor

  --sizes A,B        characters in the document. Default: 100000,1000000
  --editors A,B      only these: bare, plain, plain-prose, tiptap-stock, tiptap-prose`;

const options = readBenchmarkOptions(HELP, {
  sizes: { type: 'string', default: '100000,1000000' },
  editors: { type: 'string' },
});
const scenarios = new Scenarios(options.scenarios);

const EFFORT: Effort = { openings: 5, turns: 10, keysPerTurn: 12, editsPerTurn: 12, warmUp: 3, bolds: 3 };
const MERGED = { updates: EFFORT.turns, edits: 200 };

/** Which model each editor of the comparison keeps its document in. */
const MODELS: Record<string, Model> = {
  bare: sequence,
  plain: elements,
  'plain-prose': sequence,
  'tiptap-stock': elements,
  'tiptap-prose': sequence,
};

const contenders = (options.editors?.split(',') ?? Object.keys(MODELS)).map(name => {
  const model = MODELS[name];
  if (model === undefined) throw new Error(`There is no editor “${name}”`);
  return { name, model };
});
const files = await buildPage(options.profile !== undefined);
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

  for (const size of options.sizes.split(',').map(Number)) {
    const content = longDocument(size);
    const blocks = content.childCount.toLocaleString('en');
    await scenarios.run(`${size.toLocaleString('en')} characters, ${blocks} blocks`, async () => {
      const stored = new Map(
        [...new Set(contenders.map(({ model }) => model))].map(model => [
          model,
          store(model, content, editsFor(EFFORT), MERGED),
        ]),
      );
      const entries = contenders.map(({ name, model }) => ({ name, stored: stored.get(model) as Stored }));
      const results = await measure({ browser, files, profileFolder: options.profile }, entries, EFFORT);
      console.log(resultTable(results));
      return Object.fromEntries(results);
    });
  }
  if (options.json !== undefined) scenarios.write(options.json, environment);
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
