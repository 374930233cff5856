import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { serviceWorker } from './service-worker/plugin.ts';

/** Where `vite dev` finds the server that answers the API and the hub. */
const server = process.env.CAHIER_SERVER ?? 'http://localhost:8080';

/** The faces every screen starts with; the others load when a text needs them. */
const FIRST_FONTS = /(inter|source-serif-4)-latin-wght-normal-.*\.woff2$/;

/** Lets the first fonts load beside the script instead of after it, so that nothing is painted in a stand-in. */
function preloadFonts(): Plugin {
  return {
    name: 'cahier:preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter(file => FIRST_FONTS.test(file))
          .map(file => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' },
            injectTo: 'head' as const,
          })),
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    preloadFonts(),
    serviceWorker({
      files: ['/', '/theme.js', '/favicon.svg'],
      needs: file => !file.endsWith('.woff2') || FIRST_FONTS.test(file),
    }),
  ],
  resolve: { conditions: ['@cahier/source', ...defaultClientConditions] },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/.well-known', '/healthz', '/healthcheck'].map(path => [path, { target: server }]),
    ),
  },
  build: {
    target: 'baseline-widely-available',
    // The page's policy is `default-src 'self'`: no data: URLs for fonts or images, no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
