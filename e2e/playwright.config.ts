import { defineConfig } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: './scenarios',
  outputDir: './.results',
  fullyParallel: true,
  // Every worker runs a server and two or three pages; two of them keep a small machine busy.
  workers: 2,
  retries: 0,
  // Guards against hanging. Everything is waited for itself, and a busy machine may take its time.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json']],
  use: {
    locale: 'en-GB',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(process.env.CHROMIUM_PATH === undefined ? {} : { executablePath: process.env.CHROMIUM_PATH }),
      args: [
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--host-resolver-rules=MAP cahier.test 127.0.0.1',
        ...(isRoot ? ['--no-sandbox'] : []), // Chromium refuses its sandbox to root
      ],
    },
  },
});
