import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templatesFolder } from '../deployment/arm/template.ts';

/** Which file of `deploymentTemplates/monitoring` each deployment within the host's template holds. */
const files: Readonly<Record<string, string>> = {
  'bluetick-workbook': 'workbook.json',
  'bluetick-alerts': 'template-Alerts.json',
};

/**
 * Puts the workbook and the alert rules, as their files are now, into the deployments of the host's template that are for them.
 * They stand in files of their own for whoever deploys them alone; Azure takes templates that refer to one another from
 * addresses in the world only, so the host's must hold them.
 *
 * @param text the host's template as it is formatted: all but these two is written by hand, and stays as it is
 * @throws Error where a deployment is not there
 */
export function fillMonitoring(text: string): string {
  return Object.entries(files).reduce((filled, [name, file]) => {
    // By its indentation: no text of JSON has a line's end in it.
    const place = new RegExp(`("name": "${name}",[^]*?\\n {8}"template": )\\{(?:\\}|[^]*?\\n {8}\\})`);
    if (!place.test(filled)) throw new Error(`The template has no deployment ${name} with a template`);
    const template = readFileSync(join(templatesFolder, 'monitoring', file), 'utf8').trimEnd();
    return filled.replace(place, (_all, before: string) => before + template.replaceAll('\n', '\n        '));
  }, text);
}
