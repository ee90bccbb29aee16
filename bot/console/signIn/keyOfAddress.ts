/**
 * The key that the terminal's link brings behind `#key=`, once: it is taken out of the address, so that neither the history
 * nor a copied link holds it. A browser sends nothing of what stands behind `#`, so no server and no log sees it.
 */
export function keyOfAddress(): string | undefined {
  const [found, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? [];
  if (found === undefined) return undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return key;
}
