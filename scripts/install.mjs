// Plain JavaScript without dependencies: it runs before anything is installed, under whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OLDEST_NODE_MAJOR = 20;

/** Ends the process with one clear line when this Node is too old even to install the pinned one. */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE_MAJOR) return;
  console.error(`Cahier needs Node ${OLDEST_NODE_MAJOR} or newer to start; this is ${process.version}.`);
  process.exit(1);
}

/**
 * Installs the locked dependencies unless exactly these are in place already.
 *
 * @param {string} root - the project's folder
 */
export function ensureInstalled(root) {
  const stamp = join(root, 'node_modules', '.cahier-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;

  console.log('Installing dependencies (about half a minute, once) …');
  // npm itself may run on an old Node and then warns about packages that only ever run on the pinned one.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('The dependencies could not be installed; the lines above say why.');
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, lock);
}
