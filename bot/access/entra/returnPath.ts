/** The longest that is followed, in characters. */
const longest = 512;

/** Stands for this host, whose name does not matter here. */
const here = 'http://host.invalid';

/**
 * The page of ours to go to after signing in: a path of this host, whatever somebody made a link of. Everything else means
 * the first page.
 */
export function returnPath(asked: string | null): string {
  if (asked === null || asked.length > longest || !/^\/[\x21-\x7e]*$/.test(asked)) return '/';
  // Browsers read a backslash as a slash: two of them are another host.
  if (/^\/[/\\]/.test(asked) || !URL.canParse(asked, here)) return '/';
  const { origin, pathname, search, hash } = new URL(asked, here);
  const path = `${pathname}${search}${hash}`;
  return origin === here && !path.startsWith('//') ? path : '/';
}
