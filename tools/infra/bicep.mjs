// The Bicep compiler: one that is on this machine, or one that NuGet gives.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The version that the committed snapshots are made with. */
export const pinnedVersion = '0.49.2';

const program = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
/** Beside those of azd and az, and not in the project: what comes from NuGet takes 230 MB, and stays the same. */
const cache = join(homedir(), '.cache', 'bicep');

/**
 * @returns {{ path: string, version: string } | { problem: string }} A compiler, or why there is none. Looked for in turn: the
 * variable BICEP, the PATH, where azd and az keep theirs, and NuGet, through the .NET SDK.
 */
export function findBicep() {
  const { BICEP } = process.env;
  if (BICEP !== undefined && BICEP !== '') {
    const version = versionOf(BICEP);
    return version === undefined ? { problem: `BICEP is "${BICEP}", which does not run.` } : { path: BICEP, version };
  }
  const known = [
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)),
    join(homedir(), '.azd', 'bin', program),
    join(homedir(), '.azure', 'bin', program),
  ];
  for (const path of known) {
    const version = versionOf(path);
    if (version !== undefined) return { path, version };
  }
  return fromNuGet();
}

function versionOf(path) {
  if (!existsSync(path)) return undefined;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

function fromNuGet() {
  const runtime = `${{ linux: 'linux', darwin: 'osx', win32: 'win' }[process.platform]}-${process.arch}`;
  const name = `Azure.Bicep.CommandLine.${runtime}`;
  const path = join(cache, name.toLowerCase(), pinnedVersion, 'tools', program);
  if (versionOf(path) !== undefined) return { path, version: pinnedVersion };
  const project = mkdtempSync(join(tmpdir(), 'bicep-'));
  try {
    writeFileSync(
      join(project, 'bicep.csproj'),
      `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${name}" Version="[${pinnedVersion}]" /></ItemGroup>
</Project>`,
    );
    const args = ['restore', project, '--packages', cache];
    const { error, status, stdout } = spawnSync('dotnet', args, { encoding: 'utf8' });
    if (error !== undefined)
      return { problem: 'This machine has neither a Bicep compiler nor the .NET SDK, which could get one.' };
    if (status !== 0) return { problem: `NuGet did not give ${name} ${pinnedVersion}:\n${stdout}` };
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
  const version = versionOf(path);
  return version === undefined ? { problem: `${path} does not run.` } : { path, version };
}

/** Runs the compiler. What it says on either output is told. */
export function run({ path }, ...args) {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, stdout, said: `${stderr}${args.includes('--stdout') ? '' : stdout}`.trim() };
}
