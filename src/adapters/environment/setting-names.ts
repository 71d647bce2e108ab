/** Every setting of ours, as README names them. */
export const settingNames = [
  'ServiceBusConnection',
  'ServiceBusConnection__fullyQualifiedNamespace',
  'ServiceBusConnection__clientId',
  'ServiceBusConnection__credential',
  'LockStorage',
  'LockStorage__blobServiceUri',
  'LockStorage__clientId',
  'LockStorage__credential',
  'QUEUE_NAME',
  'LOCK_CONTAINER',
  'LOCK_SCOPE',
  'LOCK_SPREAD',
  'LOCK_TTL',
  'ACTIVE_LOCK_WAIT',
  'COMPLETED_RETENTION',
  'ABANDONED_RETENTION',
  'SWEEP_INTERVAL',
  'MESSAGE_TTL',
  'MAX_DELIVERY_COUNT',
  'MAX_ATTEMPTS',
  'FUNCTION_TIMEOUT',
  'MESSAGE_HANDLER',
  'MAX_CONCURRENT_CALLS',
  'MAX_MESSAGE_SIZE',
  'MAX_CONCURRENT_REQUESTS',
  'KEEP_ALIVE_TIMEOUT',
  'STARTUP_TIMEOUT',
  'SHUTDOWN_TIMEOUT',
  'HOST',
  'PORT',
  'ADMIN_TOKEN',
  'ADMIN_API',
  'EVENT_SOURCE',
  'EVENT_TYPE',
  'LOG_FORMAT',
  'LOG_LEVEL',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'EMULATOR_SERVICE_BUS_PORT',
  'EMULATOR_BLOB_PORT',
  'EMULATOR_LOCK_DURATION',
  'EMULATOR_DUPLICATE_DETECTION_WINDOW',
] as const;

export type SettingName = (typeof settingNames)[number];

/** A sentence for each variable of `environment` whose name looks like a misspelt setting of ours. */
export const misspeltSettings = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.keys(environment)
    .filter((name) => environment[name] !== '')
    .flatMap((name) => {
      const meant = meantBy(name);
      return meant === undefined ? [] : [`${name} is not a setting and has no effect. Is ${meant} meant?`];
    });

/** Shorter ones are too near to other words, like HOST to HOME. */
const shortestName = 8;

function meantBy(name: string): SettingName | undefined {
  // Programs read proxies by their names in lower case, and the Functions host its connections in any case.
  if (settingNames.some((known) => known === name) || /^(https?|no)_proxy$/i.test(name)) return undefined;
  if (isConnectionSetting(name)) return undefined;
  const letters = lettersOf(name);
  return settingNames.find(
    (known) =>
      known.length >= shortestName &&
      (lettersOf(known) === letters || distance(lettersOf(known), letters) <= (known.length < 12 ? 1 : 2)),
  );
}

/** What is read without regard to case, and refused by itself if it is not known. */
export const isConnectionSetting = (name: string): boolean =>
  /^(ServiceBusConnection|LockStorage)(?:(?:__|:).*)?$/i.test(name);

const lettersOf = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** How many letters have to be changed, added, left out or swapped with the next to make one text of the other. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
