import { z } from 'zod';
import { isLoopback } from '../../middleware/isLoopback.ts';
import { misconfigured, text } from './fields.ts';

/** Where telemetry goes. */
export interface MonitoringConfig {
  /** As Azure has it: it names the resource and is what it is written with, so it is no log's business. */
  readonly connectionString: string;
  /** Its `IngestionEndpoint` on this machine, as tests have it; absent: the string's own counts. */
  readonly localEndpoint: string | undefined;
}

/** The setting as the environment has it. Azure App Service sets it by this name. */
export const monitoringSettings = z.object({ APPLICATIONINSIGHTS_CONNECTION_STRING: text });

const name = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const keyForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Reads it; `undefined`: nothing is exported, and no SDK is loaded.
 *
 * @throws BluetickError `invalid_configuration` where it is not of the form that Azure gives; its value is never shown
 */
export function readMonitoring(set: z.output<typeof monitoringSettings>): MonitoringConfig | undefined {
  const connectionString = set[name];
  if (connectionString === undefined) return undefined;
  const parts = connectionString.split(';').filter(part => part.trim() !== '');
  if (!parts.every(part => /^\s*\w+=[^=]+$/.test(part)))
    throw refused('it is not of the form name=value;name=value');
  const values = new Map(parts.map(part => [...part.split('=')] as [string, string]).map(lowered));
  if (!keyForm.test(values.get('instrumentationkey') ?? ''))
    throw refused('InstrumentationKey is missing, or is no GUID');
  const endpoint = values.get('ingestionendpoint');
  if (endpoint === undefined) return { connectionString, localEndpoint: undefined };
  if (!URL.canParse(endpoint)) throw refused('IngestionEndpoint is no address');
  const { protocol, hostname } = new URL(endpoint);
  const isLocal = protocol === 'http:' && isLoopback(hostname);
  if (protocol !== 'https:' && !isLocal)
    throw refused('IngestionEndpoint: allowed: https, and http on loopback');
  return { connectionString, localEndpoint: isLocal ? endpoint : undefined };
}

function lowered([key, value]: [string, string]): [string, string] {
  return [key.trim().toLowerCase(), value.trim()];
}

function refused(why: string) {
  return misconfigured(name, `${name}: ${why}. Take it over as the Azure portal shows it.`);
}
