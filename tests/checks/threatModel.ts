import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RouteNeeds } from '../support/routeNeeds.ts';

const root = join(import.meta.dirname, '..', '..');

/** A test that a claim names: its file, from the root, and its title, `…` for what differs from case to case. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** A claim of the threat model. */
export interface Claim {
  readonly claim: string;
  /** None where it names none. */
  readonly tests: readonly NamedTest[];
}

/** A door of the threat model: some routes that ask for the same. */
export interface Door {
  readonly name: string;
  /** As `GET /files/:id`; one that ends in `…` stands for all that begin so. */
  readonly routes: readonly string[];
  readonly needs: RouteNeeds;
}

/** The rows of the tables whose last column has a title, each as its cells. */
function rowsOf(markdown: string, lastColumn: string): string[][] {
  const rows: string[][] = [];
  let inTable = false;
  for (const line of markdown.split('\n')) {
    const cells = line.split('|').slice(1, -1);
    if (cells.length === 0) inTable = false;
    else if (cells.at(-1)?.trim() === lastColumn) inTable = true;
    else if (inTable && !/^-+$/.test(cells[0] ?? '')) rows.push(cells.map(cell => cell.trim()));
  }
  return rows;
}

/** The claims of a page: the rows of its tables whose last column is "proved by". */
export function claimsOf(markdown: string): Claim[] {
  return rowsOf(markdown, 'proved by').map(cells => ({
    claim: cells[0] ?? '',
    tests: [...(cells.at(-1) ?? '').matchAll(/`(tests\/[^`]+)`((?:,? “[^”]+”)+)/g)].flatMap(
      ([, file = '', titles = '']) =>
        [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
    ),
  }));
}

/** The doors of a page: the rows of its table whose last column is "asks for". */
export function doorsOf(markdown: string): Door[] {
  return rowsOf(markdown, 'asks for').map(([name = '', routes = '', needs = '']) => ({
    name,
    routes: [...routes.matchAll(/`([^`]+)`/g)].map(([, route = '']) => route),
    needs: needs.replaceAll('`', '') as RouteNeeds,
  }));
}

/** Whether what a door says stands for a route of the host. */
export function standsFor(said: string, route: string): boolean {
  if (said.endsWith('…')) return route.startsWith(said.slice(0, -1));
  return said === route || said.replace(':channel', 'simulator') === route;
}

/** The titles of a file's tests and suites, `…` in place of what is put into them. */
export function titlesIn(code: string): string[] {
  const literal = /\b(?:it|describe)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g;
  return [...code.matchAll(literal)].map(([, single, double, template]) =>
    (single ?? double ?? template?.replace(/\$\{[^}]*\}/g, '…') ?? '').replace(/\\(.)/g, '$1'),
  );
}

/** What is wrong with claims: those that name no test, and tests that are not there. */
export function faultsOfClaims(claims: readonly Claim[]): string[] {
  const titles = new Map<string, readonly string[]>();
  const titlesOf = (file: string) => {
    const known = titles.get(file) ?? titlesIn(readFileSync(join(root, file), 'utf8'));
    titles.set(file, known);
    return known;
  };
  return claims.flatMap(({ claim, tests }) => {
    if (tests.length === 0) return [`${claim}: it names no test`];
    return tests.flatMap(({ file, title }) => {
      if (titlesOf(file).includes(title)) return [];
      return [`${claim}: ${file} has no test “${title}”`];
    });
  });
}

/** What is wrong with doors: routes that stand in none that asks for what they need, and what stands for no route. */
export function faultsOfDoors(doors: readonly Door[], needs: Readonly<Record<string, RouteNeeds>>): string[] {
  const routes = Object.entries(needs);
  const said = doors.flatMap(door => door.routes.map(route => ({ route, needs: door.needs })));
  const opens = (one: (typeof said)[number], [name, need]: [string, RouteNeeds]) =>
    one.needs === need && standsFor(one.route, name);
  return [
    ...routes
      .filter(route => !said.some(one => opens(one, route)))
      .map(([name, need]) => `${name}: it stands in no door that asks for ${need}`),
    ...said
      .filter(one => !routes.some(route => opens(one, route)))
      .map(({ route, needs }) => `${route}: no route is so that asks for ${needs}`),
  ];
}
