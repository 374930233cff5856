import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright';
import { build, defaultClientConditions } from 'vite';

const ADDRESS = 'http://bench.localhost/';

/** A page that nobody shares gets a clock that tells microseconds; others are told tenths of milliseconds. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

type Files = ReadonlyMap<string, string | Uint8Array>;

/**
 * The page with all contenders, built as an application would be.
 *
 * @param legible - with names, for profiles
 */
export async function buildPage(legible: boolean): Promise<Files> {
  const output = await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@cahier/source', ...defaultClientConditions] },
    build: {
      write: false,
      target: 'baseline-widely-available',
      chunkSizeWarningLimit: 2_000,
      ...(legible ? { minify: false } : {}),
    },
  });
  if (Array.isArray(output) || !('output' in output)) throw new Error('Vite did not build one page');
  return new Map(output.output.map(file => [file.fileName, file.type === 'chunk' ? file.code : file.source]));
}

export function launch(): Promise<Browser> {
  const { CHROMIUM_PATH: executablePath } = process.env;
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // A frame is painted when there is something to paint, not up to 17 ms later.
      '--disable-frame-rate-limit',
      '--disable-gpu-vsync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium refuses its sandbox to root
    ],
  });
}

/** A page of its own for one measurement; nothing of another one is in its memory. */
export class BenchPage implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #devtools: CDPSession;

  private constructor(context: BrowserContext, page: Page, devtools: CDPSession) {
    this.#context = context;
    this.page = page;
    this.#devtools = devtools;
  }

  static async open(browser: Browser, files: Files): Promise<BenchPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.route(`${ADDRESS}**`, route => {
      const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
      const body = files.get(name);
      if (body === undefined) return route.fulfill({ status: 404 });
      const contentType = name.endsWith('.html') ? 'text/html' : 'text/javascript';
      return route.fulfill({
        body: typeof body === 'string' ? body : Buffer.from(body),
        headers: { ...ISOLATED, 'Content-Type': contentType },
      });
    });
    page.on('pageerror', error => console.error(error));
    await page.goto(ADDRESS);
    await page.waitForFunction(() => 'bench' in window);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable');
    return new BenchPage(context, page, devtools);
  }

  async collectGarbage(): Promise<void> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
  }

  /** How long scripts have run so far, the layouts they asked for left out; in ms. */
  async scriptMs(): Promise<number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1e3;
  }

  /** What JavaScript and the page's elements hold after a garbage collection, in bytes. */
  async usedBytes(): Promise<number> {
    await this.collectGarbage();
    const { usedSize, embedderHeapUsedSize } = await this.#devtools.send('Runtime.getHeapUsage');
    return usedSize + embedderHeapUsedSize;
  }

  /** Records where the time goes until {@link stopProfile}. */
  async startProfile(): Promise<void> {
    await this.#devtools.send('Profiler.enable');
    await this.#devtools.send('Profiler.setSamplingInterval', { interval: 100 });
    await this.#devtools.send('Profiler.start');
  }

  /** @returns a `.cpuprofile` */
  async stopProfile(): Promise<string> {
    return JSON.stringify((await this.#devtools.send('Profiler.stop')).profile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
