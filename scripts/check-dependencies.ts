import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Which workspace packages each part may import, directly. Dependencies point one way: apps on top, leaves below, and
 * nobody imports an app. See docs/ARCHITECTURE.md.
 */
const allowed: Record<string, readonly string[]> = {
  'packages/protocol': [],
  'packages/hub': [],
  'packages/mercure-client': ['protocol'],
  'packages/y-mercure': ['mercure-client', 'protocol'],
  'packages/y-prose': [],
  'packages/editor-schema': ['protocol', 'y-prose'],
  'packages/testing': [],
  'apps/server': ['editor-schema', 'hub', 'mercure-client', 'protocol'],
  'apps/web': ['editor-schema', 'mercure-client', 'protocol', 'y-mercure', 'y-prose'],
  e2e: ['testing'],
};

/** Tests may reach further, to whatever their package.json lists, but never into an app. */
const isTest = (file: string) => /\.test\.tsx?$|\/(?:test|bench)\//.test(file);

/**
 * The folders of the hub's sources, from the composition down to the data. A file may import from its own layer and from
 * those below. A folder that is not listed fails the check, so that the list stays complete.
 */
const hubLayers: readonly (readonly string[])[] = [
  ['program'],
  ['.'],
  ['http'],
  ['endpoints'],
  ['authorization', 'streams', 'transports'],
  ['matching', 'messages'],
  ['diagnostics'],
];

interface Violation {
  readonly file: string;
  readonly imported: string;
  readonly reason: string;
}

/** The module specifiers that a TypeScript source imports or re-exports, types included. */
export function importsOf(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g;
  return [...withoutComments.matchAll(pattern)].map(match => match[2] ?? '');
}

/** Every import under `root` that goes against the direction of dependencies. */
export function violations(root: string): Violation[] {
  const found: Violation[] = [];
  for (const [part, mayImport] of Object.entries(allowed)) {
    const manifest = JSON.parse(readFileSync(resolve(root, part, 'package.json'), 'utf8'));
    const listed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
    for (const file of globSync(`${part}/**/*.{ts,tsx}`, {
      cwd: root,
      exclude: name => /node_modules|dist/.test(String(name)),
    })) {
      const path = file.split(sep).join('/');
      for (const imported of importsOf(readFileSync(resolve(root, file), 'utf8'))) {
        const reason = objection(root, part, path, imported, mayImport, listed);
        if (reason !== undefined) found.push({ file: path, imported, reason });
      }
    }
  }
  return found;
}

function objection(
  root: string,
  part: string,
  file: string,
  imported: string,
  mayImport: readonly string[],
  listed: ReadonlySet<string>,
): string | undefined {
  if (imported.startsWith('.')) {
    const target = relative(resolve(root, part), resolve(root, file, '..', imported));
    if (target.startsWith('..')) return `a relative import leaves ${part}; import the package by name`;
    return part === 'packages/hub' ? layerObjection(file, imported) : undefined;
  }
  if (!imported.startsWith('@cahier/')) return undefined;
  const [name = ''] = imported.slice('@cahier/'.length).split('/');
  if (name === 'server' || name === 'web') return 'apps are imported by nobody';
  if (isTest(file)) return listed.has(`@cahier/${name}`) ? undefined : 'it is missing from the package.json';
  return mayImport.includes(name)
    ? undefined
    : `${part} may import: ${mayImport.join(', ') || 'no workspace package'}`;
}

function layerObjection(file: string, imported: string): string | undefined {
  if (isTest(file)) return undefined;
  const sources = 'packages/hub/src';
  const layerOf = (path: string) => {
    const [folder = '.', ...rest] = relative(sources, path).split(sep);
    return hubLayers.findIndex(layer => layer.includes(rest.length > 0 ? folder : '.'));
  };
  const [from, to] = [layerOf(file), layerOf(join(dirname(file), imported))];
  if (from === -1 || to === -1) return 'one of the two is in none of the layers of hubLayers';
  return to < from ? 'a lower layer of the hub imports a higher one' : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = violations(fileURLToPath(new URL('..', import.meta.url)));
  for (const { file, imported, reason } of found) console.error(`${file} imports ${imported}: ${reason}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
