import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingNames } from '../../bot/config.ts';

/** Where the image is built from. */
export const root = join(import.meta.dirname, '..', '..');

/** An instruction of a Dockerfile: docs.docker.com/reference/dockerfile */
export interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

/** A stage: what a `FROM` begins. */
export interface Stage {
  readonly name: string | undefined;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile, lines that go on joined. */
export function readStages(text: string): readonly Stage[] {
  const lines = text
    .replace(/^#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const stages: { name: string | undefined; image: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (keyword === '') throw new Error(`no instruction: ${line}`);
    const [, image, name] = /^(\S+)(?:\s+AS\s+(\w+))?$/.exec(rest) ?? [];
    if (keyword === 'FROM') stages.push({ name, image: image ?? '', instructions: [] });
    else stages.at(-1)?.instructions.push({ keyword, text: rest });
  }
  return stages;
}

/** The files of the context that a `.dockerignore` lets in, of those that are named: its last rule that fits decides. */
export function isInContext(path: string, ignore: string): boolean {
  const rules = ignore.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return rules.reduce((isIn, rule) => {
    const pattern = rule
      .replace(/^!/, '')
      .replace(/[.+]/g, '\\$&')
      .replace(/\*\*\//g, '(.*/)?')
      .replace(/(?<!\.)\*/g, '[^/]*');
    const fits = new RegExp(`^${pattern}(/.*)?$`).test(path);
    return fits ? rule.startsWith('!') : isIn;
  }, true);
}

const secretName = /(KEY|SECRET|TOKEN|PASSWORD|CONNECTION_STRING)$/i;

/** What is wrong with a Dockerfile, as far as that can be read. */
export function faultsOfDockerfile(text: string, ignore: string): readonly string[] {
  const stages = readStages(text);
  const faults: string[] = [];
  for (const [at, { image, instructions }] of stages.entries()) {
    if (!/^node:24-\w+-slim$/.test(image)) faults.push(`${image}: allowed are the slim images of Node 24`);
    for (const { keyword, text } of instructions) {
      if (keyword === 'ADD' || keyword === 'ARG')
        faults.push(`${keyword}: nothing is fetched, and nothing is passed in`);
      if (keyword === 'COPY') faults.push(...faultsOfCopy(text, stages.slice(0, at), ignore));
      if (keyword !== 'ENV') continue;
      for (const [, name = ''] of text.matchAll(/(\w+)=/g)) {
        if (secretName.test(name)) faults.push(`ENV ${name}: a secret in an image is everybody’s`);
        if (name !== 'NODE_ENV' && !settingNames.includes(name)) faults.push(`ENV ${name}: nothing reads it`);
      }
    }
  }
  const last = stages.at(-1)?.instructions ?? [];
  const users = last.filter(({ keyword }) => keyword === 'USER');
  if (!/^[1-9]\d*(:[1-9]\d*)?$/.test(users.at(-1)?.text ?? ''))
    faults.push('USER: allowed is a number, not root’s');
  const userAt = last.findLastIndex(({ keyword }) => keyword === 'USER');
  if (last.slice(userAt).some(({ keyword }) => keyword === 'RUN')) faults.push('RUN: after USER');
  if (last.some(({ text }) => /npm (ci|install)/.test(text)))
    faults.push('npm: the last stage installs nothing');
  const command = last.find(({ keyword }) => keyword === 'CMD')?.text ?? '';
  const [program, file = ''] = command.startsWith('[') ? (JSON.parse(command) as string[]) : [];
  // In the other form a shell is the first process, and keeps SIGTERM to itself.
  if (program !== 'node' || !existsSync(join(root, file)))
    faults.push(`CMD: got ${command}, allowed: ["node", a file]`);
  return faults;
}

function faultsOfCopy(text: string, before: readonly Stage[], ignore: string): readonly string[] {
  const words = text.split(/\s+/);
  const from = words.find(word => word.startsWith('--from='))?.slice('--from='.length);
  const sources = words.filter(word => !word.startsWith('--')).slice(0, -1);
  if (from === undefined)
    return sources.flatMap(source =>
      existsSync(join(root, source)) && isInContext(source, ignore) ? [] : [`COPY: there is no ${source}`],
    );
  const stage = before.find(({ name }) => name === from);
  if (stage === undefined) return [`COPY: there is no stage ${from}`];
  const folder = stage.instructions.find(({ keyword }) => keyword === 'WORKDIR')?.text ?? '/';
  return sources
    .filter(source => !source.startsWith(`${folder}/`))
    .map(source => `COPY: ${from} does not make ${source}`);
}

/** Reads a file of the context. */
export function readContext(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
