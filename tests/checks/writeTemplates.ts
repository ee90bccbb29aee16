/** Writes the templates that bring their own resource group: `node tests/checks/writeTemplates.ts`. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, readTemplate, templatePath, templatesFolder } from '../deployment/arm/template.ts';
import { newGroupTemplate } from './newGroupTemplate.ts';

const written = kinds.map(kind => {
  const path = join(templatesFolder, templatePath(kind, 'new-rg'));
  writeFileSync(path, JSON.stringify(newGroupTemplate(kind, readTemplate(kind, 'with-rg')), null, 2));
  return path;
});
const biome = join(import.meta.dirname, '..', '..', 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
execFileSync(process.execPath, [biome, 'format', '--write', ...written]);
