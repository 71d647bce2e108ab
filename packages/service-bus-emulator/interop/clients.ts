import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Client {
  /** The name of its queue. */
  readonly id: string;
  /** With its version, as in the table. */
  readonly name: string;
  /** Whether it knows the flag for emulators. */
  readonly isDevelopment: boolean;
  /** Makes it ready in a folder of its own; says what is missing on this machine if it cannot be. */
  readonly prepare: (folder: string) => Start | string;
}

export interface Start {
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const succeeds = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] }).status === 0;

const javaScript = (version: string, isDevelopment = false): Client => ({
  id: `js-${version}`,
  name: `JavaScript ${version}`,
  isDevelopment,
  prepare: (folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{}');
    const packages = [`@azure/service-bus@${version}`, 'long@5.3.2', 'ws@8.23.0'];
    const isInstalled = succeeds('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', ...packages);
    if (!isInstalled) return 'npm could not install it.';
    return { folder, command: [process.execPath, here('./javascript/driver.mjs')] };
  },
});

const python = (id: string, name: string, packageName: string, module: string): Client => ({
  id,
  name,
  isDevelopment: false,
  prepare: () => {
    if (!succeeds('/usr/bin/python3', '-c', `import ${module}`)) return `It needs Debian's ${packageName}.`;
    return { folder: here('.'), command: ['/usr/bin/python3', here(`./${id}/driver.py`)] };
  },
});

const dotnet: Client = {
  id: 'dotnet',
  name: '.NET 7.21.0',
  isDevelopment: true,
  prepare: (folder) => {
    if (!succeeds('dotnet', '--version')) return 'It needs the .NET SDK 10.';
    const project = here('./dotnet/interop.csproj');
    const isBuilt = succeeds(
      'dotnet',
      'build',
      project,
      '-o',
      join(folder, 'out'),
      `-p:BaseIntermediateOutputPath=${folder}/obj/`,
    );
    if (!isBuilt) return 'dotnet could not build it: is NuGet there?';
    return { folder, command: [join(folder, 'out', 'interop')] };
  },
};

export const clients: readonly Client[] = [
  dotnet,
  javaScript('7.9.5', true),
  javaScript('7.5.1'),
  javaScript('7.2.0'),
  javaScript('7.0.5'),
  python('python', 'Python 7.8.2', 'python3-azure', 'azure.servicebus'),
  python('proton', 'Qpid Proton 0.37', 'python3-qpid-proton', 'proton'),
];
