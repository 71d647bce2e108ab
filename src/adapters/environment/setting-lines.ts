/**
 * Settings as lines that can be pasted into a shell: that of the system. Where a program reads them and not a person, they come
 * before that as lines of an env file, too (`NAME=value`, nothing quoted, as `docker run --env-file` reads it). Pasted into a
 * shell, those set something else, and the lines after them set it right.
 */
export function settingLines(
  settings: Readonly<Record<string, string>>,
  { isTerminal, isWindows }: { readonly isTerminal: boolean; readonly isWindows: boolean },
): readonly string[] {
  const entries = Object.entries(settings);
  const forShell = entries.map(([name, value]) =>
    isWindows
      ? `$env:${name} = '${value.replaceAll("'", "''")}'`
      : `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return isTerminal ? forShell : [...entries.map(([name, value]) => `${name}=${value}`), ...forShell];
}
