import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from './support.ts';

const run = promisify(execFile);

const DISK_BYTES = 48 * 1024 * 1024;
const BALLAST_PIECES_BYTES = [1024 * 1024, 4096, 1];

/** A disk of its own, seen only by processes that are started on it. It is gone at the end of the block. */
export interface Disk extends AsyncDisposable {
  /** Where it is, for processes that are on it. */
  readonly path: string;
  /** What to put in front of a command line for it to run on the disk. */
  readonly prefix: readonly string[];
  /** Leaves no room, not for one byte. */
  fill(): Promise<void>;
  /** Makes room again. */
  empty(): Promise<void>;
  /** It becomes read-only at once, as after a fault of the device, under whoever has files open on it. */
  fail(): Promise<void>;
  /** Takes it out and puts it in again, read-only or not, no longer filled. Nobody may have files open on it. */
  putIn(options?: { readOnly: boolean }): Promise<void>;
}

/** Why there can be no such disks here; undefined: there can. */
export async function whyNoDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'disks can be mounted apart on Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount a disk';
  const needed = ['unshare', 'nsenter', 'mount', 'mkfs.ext4', 'e2fsck'];
  const missing = needed.filter(tool => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length > 0) return `there is no ${missing.join(', ')} here`;
  try {
    await using _ = await openDisk();
    return undefined;
  } catch (error) {
    return `no disk can be mounted here: ${(error as Error).message}`;
  }
}

/**
 * Makes an ext4 file system in a file and mounts it where nobody else sees it (mount_namespaces(7)). For root on Linux; it
 * goes away with this process, however that ends.
 *
 * @throws Error when this machine does not let it be mounted
 */
export async function openDisk(): Promise<Disk> {
  const directory = await temporaryDirectory();
  const [image, path] = [join(directory.path, 'image'), join(directory.path, 'disk')];
  const mount = `mount -o loop,errors=remount-ro,"$MODE" '${image}' '${path}'`;
  const script = `set -e
    truncate -s ${DISK_BYTES} '${image}'
    mkfs.ext4 -q -F -m 0 '${image}'
    mkdir '${path}'
    MODE=rw; ${mount}
    echo mounted
    cat`;
  // It holds the disk, until this process ends and with it what is read from.
  const holder = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(holder, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.stderr.on('data', chunk => {
      said += chunk;
    });
    exited.then(() => reject(new Error(said.trim())), reject);
  });
  const { pid } = holder;
  const enter = ['nsenter', '--target', String(pid), '--mount'];
  const inside = (...command: string[]) => run('nsenter', [...enter.slice(1), ...command]);
  const ballast = join(`/proc/${pid}/root`, path, 'ballast');

  return {
    path,
    prefix: [...enter, `--wdns=${path}`],
    async fill() {
      await using file = await open(ballast, 'a');
      for (const bytes of BALLAST_PIECES_BYTES) {
        try {
          for (;;) await file.appendFile(Buffer.alloc(bytes));
        } catch (error) {
          if ((error as { code?: string }).code !== 'ENOSPC') throw error;
        }
      }
    },
    empty: () => rm(ballast, { force: true }),
    async fail() {
      await inside('mount', '-o', 'remount,abort', path);
    },
    async putIn({ readOnly } = { readOnly: false }) {
      await inside('umount', path);
      // What the fault has left behind is put right, as at the start of any machine (exit code 1: something was).
      await run('e2fsck', ['-p', image]).catch((error: { code?: number }) => {
        if (error.code !== 1) throw error;
      });
      await inside('sh', '-c', `MODE=${readOnly ? 'ro' : 'rw'}; ${mount}`);
      // A disk that fails forgets what was not yet written down, such as that it has been emptied.
      if (!readOnly) await rm(ballast, { force: true });
    },
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await exited;
      await directory[Symbol.asyncDispose]();
    },
  };
}
