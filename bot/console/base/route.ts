/** Where the person is: the part of the address behind `#/`, cut at its slashes. */
export type Route = readonly string[];

/** The route of the address as it is now. */
export function currentRoute(): Route {
  const [, path = ''] = /^#\/([^?]*)/.exec(location.hash) ?? [];
  return path.split('/').filter(Boolean).map(decodeURIComponent);
}

/** The address of a route, for links. */
export function linkTo(...route: Route): string {
  return `#/${route.map(encodeURIComponent).join('/')}`;
}

/** Goes to a route. */
export function goTo(...route: Route): void {
  location.hash = linkTo(...route);
}
