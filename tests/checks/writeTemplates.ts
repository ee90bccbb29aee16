/**
 * Writes what is made of other templates: the workbook and the alert rules in the host's, and those that bring their own
 * resource group: `node tests/checks/writeTemplates.ts`.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, readTemplate, templatePath, templatesFolder } from '../deployment/arm/template.ts';
import { fillMonitoring } from './fillMonitoring.ts';
import { newGroupTemplate } from './newGroupTemplate.ts';

const app = join(templatesFolder, templatePath('BotApp', 'with-rg'));
writeFileSync(app, fillMonitoring(readFileSync(app, 'utf8')));
const made = kinds.map(kind => {
  const path = join(templatesFolder, templatePath(kind, 'new-rg'));
  writeFileSync(path, JSON.stringify(newGroupTemplate(kind, readTemplate(kind, 'with-rg')), null, 2));
  return path;
});
const biome = join(import.meta.dirname, '..', '..', 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
execFileSync(process.execPath, [biome, 'format', '--write', app, ...made]);
