import { remembered } from './remembered.ts';
import { ar } from './text/ar.ts';
import { de } from './text/de.ts';
import { en } from './text/en.ts';

/** The texts of the pages: every language has each of them. */
export type Texts = { readonly [Key in keyof typeof en]: string };

/** The languages, by their code, as they call themselves, and which way they are written. */
export const languages = {
  en: { name: 'English', direction: 'ltr', texts: en },
  de: { name: 'Deutsch', direction: 'ltr', texts: de },
  ar: { name: 'العربية', direction: 'rtl', texts: ar },
} as const satisfies Readonly<
  Record<string, { name: string; direction: 'ltr' | 'rtl'; texts: { [Key in keyof typeof en]: string } }>
>;

/** The code of a language: see {@link languages}. */
export type Language = keyof typeof languages;

const codes = Object.keys(languages) as Language[];
const chosen = remembered('language', codes, preferred());

/** The language of this page. */
export const language: Language = chosen.get();

const texts: Texts = languages[language].texts;

/** Tells the page its language and direction. To be called once a page. */
export function followLanguage(): void {
  document.documentElement.lang = language;
  document.documentElement.dir = languages[language].direction;
}

/** Chooses a language and loads the page anew in it. */
export function chooseLanguage(code: Language): void {
  chosen.set(code);
  location.reload();
}

/**
 * A text in the language of the page.
 *
 * @param values what stands for `{name}` in it; numbers are written as the language writes them
 */
export function text(key: keyof Texts, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? number.format(value) : value;
  });
}

/** Whether there is a text of that name: for words of the API, of which a later version may have more. */
export function isText(key: string): key is keyof Texts {
  return Object.hasOwn(texts, key);
}

const number = new Intl.NumberFormat(language);

/** The first of the browser's languages that we have. */
function preferred(): Language {
  const wanted = navigator.languages.map(tag => tag.split('-')[0]);
  return wanted.flatMap(tag => codes.filter(code => code === tag))[0] ?? 'en';
}
