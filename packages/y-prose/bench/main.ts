import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { readBenchmarkOptions, Scenarios } from '@cahier/testing';
import { buildPage, launch } from './browser.ts';
import { elements, longDocument, type Model, sequence, store } from './documents.ts';
import { measure } from './measure.ts';
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

const contenders = (options.editors?.split(',') ?? Object.keys(MODELS)).map(name => {
  const model = MODELS[name];
  if (model === undefined) throw new Error(`There is no editor “${name}”`);
  return { name, model };
});
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

  for (const size of options.sizes.split(',').map(Number)) {
    const content = longDocument(size);
    await scenarios.compare(
      `${size.toLocaleString('en')} characters, ${content.childCount.toLocaleString('en')} blocks`,
      contenders,
      async ({ name, model }) => {
        const stored = store(model, content, EDITS, MERGED);
        return measure({ browser, files, profileFolder: options.profile }, name, stored, EFFORT);
      },
      resultTable,
    );
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
