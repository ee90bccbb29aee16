import { webDarkTheme, webLightTheme } from '@fluentui/tokens';
import { setTheme } from '@fluentui/web-components/theme/set-theme.js';
import { remembered } from './remembered.ts';

/** How the pages look: as the system says, or always light, or always dark. */
export const looks = ['system', 'light', 'dark'] as const;

/** See {@link looks}. */
export type Look = (typeof looks)[number];

const look = remembered('look', looks, 'system');
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** What is chosen now. */
export function currentLook(): Look {
  return look.get();
}

/** Chooses, and remembers it in this browser. */
export function chooseLook(chosen: Look): void {
  look.set(chosen);
  apply();
}

/** Gives the page Fluent's colours, sizes and fonts, and follows the system. To be called once a page. */
export function followLook(): void {
  systemIsDark.addEventListener('change', apply);
  apply();
}

function apply(): void {
  const chosen = look.get();
  const isDark = chosen === 'dark' || (chosen === 'system' && systemIsDark.matches);
  setTheme(isDark ? webDarkTheme : webLightTheme);
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}
