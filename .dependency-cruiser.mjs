const layers = ['domain', 'application', 'adapters', 'entrypoints'];

/** The dependency rule: a file imports from its own layer or from one to its left. */
const looksInward = (layer, comment, allowed) => ({
  name: `${layer}-looks-inward`,
  comment,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { pathNot: `^src/(${allowed.join('|')})/` },
});

export default {
  forbidden: [
    looksInward('domain', 'The domain imports only the domain: no packages, no node: modules.', layers.slice(0, 1)),
    looksInward('application', 'The application imports only itself and the domain.', layers.slice(0, 2)),
    {
      name: 'adapters-look-inward',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/entrypoints/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment:
        'What two adapters share is a port, or a type of the application. Handlers reach effects through ports too.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'the-test-kit-looks-inward',
      comment: 'What tests of handlers are run with is a part of its own: no host needs it.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/entrypoints/' },
    },
    {
      name: 'nothing-needs-the-test-kit',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing/' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'a-claim-does-not-know-the-work',
      comment: 'Who does not have the lock yet has nothing to do with what is done under it.',
      severity: 'error',
      from: { path: '^src/application/claim/' },
      to: { path: '^src/application/work/' },
    },
    {
      name: 'a-lock-knows-neither-claim-nor-work',
      severity: 'error',
      from: { path: '^src/application/lock/' },
      to: { path: '^src/application/(claim|work)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'one-composition-root',
      comment: 'No class knows the container that wires it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/entrypoints/composition/(container|lock-container|tokens)[.]ts$' },
      to: { path: 'node_modules/(inversify|reflect-metadata)/' },
    },
    {
      name: 'no-dev-dependency-in-what-is-deployed',
      comment:
        'Only the local host starts engines (Azurite, the Service Bus emulator); it is never deployed. What exports telemetry is built into one file.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(entrypoints/local|adapters/telemetry/otlp)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'local-stays-local',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/entrypoints/local/' },
      to: { path: '^src/entrypoints/local/' },
    },
    {
      name: 'the-emulator-stands-alone',
      comment: 'It is a package of its own: its tests, and what it emulates, need nothing of the product.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'only-the-local-host-starts-the-emulator',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/entrypoints/local/' },
      to: { path: '^packages/' },
    },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      from: { path: '^(src|packages)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: { path: '^(src|packages)/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What "npm run package" makes of the emulator, if it was run.
    exclude: { path: '^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
