#!/usr/bin/env node
// Plain JavaScript that every Node understands, to say so where the hub itself cannot run.
import { existsSync } from 'node:fs';

const MIN_NODE_MAJOR = 24;

const major = Number(process.versions.node.split('.', 1)[0]);
if (major < MIN_NODE_MAJOR) {
  process.stderr.write(
    `The hub cannot start: it needs Node ${MIN_NODE_MAJOR}, this is ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else {
  const compiled = new URL('../dist/program/main.js', import.meta.url);
  // In the repository the sources are run as they are; the published package has only what is compiled from them.
  const sources = new URL('../src/program/main.ts', import.meta.url);
  await import((existsSync(sources) ? sources : compiled).href);
}
