import { join } from 'node:path';
import type { UserConfig } from 'vite';

const folder = import.meta.dirname;

/**
 * How the web pages are built: the console, the customer's phone, and both side by side, into `dist/web`, from where
 * `bot/routes/pages.ts` serves them. Nothing is written into the page itself, neither script nor style: the content
 * security policy allows neither.
 */
const config: UserConfig = {
  root: join(folder, '..'),
  base: '/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: join(folder, '..', '..', 'dist', 'web'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        console: join(folder, 'console.html'),
        phone: join(folder, '..', 'simulator', 'page', 'phone.html'),
        sideBySide: join(folder, 'sideBySide.html'),
      },
    },
  },
};

// Vite asks for a default export.
// biome-ignore lint/style/noDefaultExport: the form of its configuration
export default config;
