import { appSettings, type Deployment } from './deployment.ts';

const clientId = '22222222-2222-2222-2222-222222222222';

/** The app settings as the app finds them: with what only Azure knows filled in. */
export function deployedSettings(deployment: Deployment): Readonly<Record<string, string>> {
  const filled = Object.entries(appSettings(deployment)).map(([name, value]) => [name, filledIn(value)] as const);
  return Object.fromEntries(filled);
}

function filledIn(value: string): string {
  if (!value.startsWith('[')) return value;
  if (/^\[reference\('[^']+', '[^']+'\)\.clientId\]$/.test(value)) return clientId;
  if (value.endsWith(').ConnectionString]'))
    return 'IngestionEndpoint=https://westeurope.in.applicationinsights.azure.com/';
  const formatted = /^\[format\('([^']*)', (.*)\)\]$/.exec(value);
  if (formatted === null) throw new Error(`It is not known what Azure makes of ${value}.`);
  const [, pattern = '', given = ''] = formatted;
  const values = given
    .replace('environment().suffixes.storage', "'core.windows.net'")
    .replace(/reference\('[^']+', '[^']+'\)\.clientId/, `'${clientId}'`)
    .split(', ')
    .map((text) => text.slice(1, -1));
  return pattern.replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? '');
}
