import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const FILE = 'sw.js';
const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface ServiceWorkerOptions {
  /** Files of the public folder, and addresses, that the application needs beside what the build makes. */
  readonly files: readonly string[];
  /** Which of the built files are needed from the start; others are kept once they have been loaded. */
  readonly needs: (file: string) => boolean;
}

/** Builds the service worker, with the names of the files it is to keep. */
export function serviceWorker({ files, needs }: ServiceWorkerOptions): Plugin {
  return {
    name: 'cahier:service-worker',
    apply: 'build',
    enforce: 'post',
    buildStart() {
      this.emitFile({ type: 'chunk', id: worker, fileName: FILE });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunk = bundle[FILE];
        if (chunk?.type !== 'chunk') throw new Error('The service worker has not been built');
        const built = Object.keys(bundle).filter(file => file.startsWith('assets/') && needs(file));
        const kept = [...files, ...built.map(file => `/${file}`).sort()];
        // Names contain a hash of what is in the files.
        const version = createHash('sha256').update(Object.keys(bundle).sort().join()).update(chunk.code);
        chunk.code = chunk.code
          .replaceAll('__FILES__', JSON.stringify(kept))
          .replaceAll('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 12)));
      },
    },
  };
}
