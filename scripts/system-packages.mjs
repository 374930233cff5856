import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function find(program, places = (process.env.PATH ?? '').split(delimiter)) {
  return places.map(folder => join(folder, program)).find(existsSync);
}

function aptInstall(...packages) {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || find('apt-get') === undefined) return false;
  console.log(`Installing ${packages.join(', ')} …`);
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    RUNLEVEL: '1', // keeps a freshly installed service from being started (invoke-rc.d)
  };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  return install() || (apt('update') && install());
}

/**
 * Finds a Chromium to test with: the system's, else Playwright's own, else one installed from the system's packages.
 *
 * @returns {Promise<string | undefined>} its path, or undefined when Playwright brings its own
 */
export async function ensureBrowser() {
  const system = () =>
    process.env.CHROMIUM_PATH ?? find('chromium') ?? find('chromium-browser') ?? find('google-chrome');
  if (system() !== undefined) return system();
  const { chromium } = await import('playwright');
  if (existsSync(chromium.executablePath())) return undefined;
  if (aptInstall('chromium', 'fonts-liberation') && system() !== undefined) return system();
  const installed = spawnSync('playwright', ['install', 'chromium'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (installed.status === 0) return undefined;
  console.error('No Chromium was found and none could be installed. Install one, or set CHROMIUM_PATH.');
  process.exit(1);
}

const nginxPath = () =>
  process.env.NGINX_PATH ??
  find('nginx', [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/bin',
  ]);

/**
 * Finds nginx, or installs it where that is possible.
 *
 * @returns {Promise<string | undefined>} its path; undefined leaves the tests behind nginx out, which CI never does
 */
export async function ensureNginx() {
  if (nginxPath() === undefined) aptInstall('nginx');
  if (nginxPath() === undefined) {
    const message = 'nginx was not found and could not be installed';
    if (process.env.CI) {
      console.error(`${message}.`);
      process.exit(1);
    }
    console.warn(`${message}: the tests behind nginx are left out.`);
  }
  return nginxPath();
}

/**
 * Finds nginx's module nchan, which the hub is measured against, or installs it where that is possible.
 *
 * @returns {{ nginx: string, module: string } | undefined} their paths
 */
export function ensureNchan() {
  const places = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/share/nginx/modules'];
  const modulePath = () => process.env.NCHAN_MODULE_PATH ?? find('ngx_nchan_module.so', places);
  if (modulePath() === undefined) aptInstall('nginx', 'libnginx-mod-nchan');
  const [nginx, module] = [nginxPath(), modulePath()];
  return nginx === undefined || module === undefined ? undefined : { nginx, module };
}
