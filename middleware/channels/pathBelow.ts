/** The path of a call to a provider, whose address may have a path of its own, as behind a proxy. */
export function pathBelow({ pathname }: URL, path: string): string {
  return pathname.replace(/\/$/, '') + path;
}
