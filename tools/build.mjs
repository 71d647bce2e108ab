// Builds what is deployed and what is published, into "dist" or the folder that is given:
//   functions/  the Function App as one bundle for the host, with what it loads only when needed beside it
//   lib/        each module by itself with its declarations, for those who import parts
// "node tools/build.mjs [folder] [functions|lib]" builds only that.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = 'dist', only] = process.argv.slice(2);
const out = resolve(folder);

if (only !== 'lib') {
  rmSync(join(out, 'functions'), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/entrypoints/functions/main.ts' },
    outdir: join(out, 'functions'),
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Names and lines for stack traces. The sources themselves would double what is deployed.
    sourcemap: true,
    sourcesContent: false,
    // Exists only inside the Functions worker.
    external: ['@azure/functions-core'],
    // Parts of the bundle are CommonJS, and call require for what Node brings.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

if (only !== 'functions') {
  rmSync(join(out, 'lib'), { recursive: true, force: true });
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(out, 'lib')], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
