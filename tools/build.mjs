// Builds what is deployed and what is published, into "dist" or the folder that is given:
//   functions/  the Function App as one bundle for the host, with what it loads only when needed beside it
//   lib/        each module by itself with its declarations, for those who import parts; what exports telemetry with its SDK in one file
// "node tools/build.mjs [folder] [functions|lib]" builds only that. Types are what "npm run check" checks.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = 'dist', only] = process.argv.slice(2);

/** Parts of a bundle are CommonJS, and call require for what Node brings. */
const requireInModule = {
  js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
};

/** What a browser is sent as it is: each module reads its own from beside itself. */
const sentToBrowsers = ['page.css', 'live.js'].map((name) => join('src/adapters/http/operator-page', name));

/**
 * Of undici what sends requests by HTTP/1.1, which is all that it is used for. With the rest of its entry (fetch, WebSocket, caches,
 * mocks) and HTTP/2, it would take half of the time that a new process needs for its first message.
 */
const leanUndici = {
  name: 'lean-undici',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: `
        Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'));
        exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent');
        exports.Pool = require('./lib/dispatcher/pool');`,
    }));
    onLoad({ filter: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('HTTP/2 is not in this bundle.'); };`,
    }));
  },
};

/** An import of node:http as a module reads all that it exports, and so loads the undici that is within Node; a require does not. */
const requiredHttp = {
  name: 'required-http',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:)?https?$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'required' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

if (only !== 'lib') await buildFunctions(resolve(folder, 'functions'));
if (only !== 'functions') await buildLibrary(resolve(folder, 'lib'));

async function buildFunctions(outdir) {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/entrypoints/functions/main.ts' },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // A sixth less to import. Names stay as they are, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    // Files and lines for stack traces. The sources themselves would double what is deployed.
    sourcemap: true,
    sourcesContent: false,
    // The first exists only inside the Functions worker. The second, a twelfth of all, reads a format of listings that is not asked for.
    external: ['@azure/functions-core', 'apache-arrow'],
    banner: requireInModule,
    plugins: [leanUndici, requiredHttp],
    logLevel: 'warning',
  });
  // Which of the parts has the page in it is the bundler's choice.
  for (const file of sentToBrowsers) {
    for (const folder of ['.', 'chunks']) cpSync(join(root, file), join(outdir, folder, basename(file)));
  }
}

/** Each file by itself, as its declarations allow: that takes a fraction of the time of a whole program. */
async function buildLibrary(outdir) {
  rmSync(outdir, { recursive: true, force: true });
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', outdir];
  if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
  for (const file of sentToBrowsers) cpSync(join(root, file), join(outdir, file));
  await bundleExport(join(outdir, 'src/adapters/telemetry/otlp'));
}

/**
 * An SDK is made of a dozen packages in versions that fit one another: whoever installs the library gets them as one file. The API
 * stays outside, since a process must have one copy of it that all use.
 */
async function bundleExport(outdir) {
  const { build } = await import('esbuild');
  for (const file of ['index.js', 'index.js.map', 'sampler.js', 'sampler.js.map', 'sampler.d.ts'])
    rmSync(join(outdir, file));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/adapters/telemetry/otlp/index.ts'],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: ['@opentelemetry/api'],
    banner: requireInModule,
    logLevel: 'warning',
  });
}
