// Who may import whom, file by file. `turbo boundaries` knows only the four tags, and
// tooling/tidy keeps the table of package names; these rules watch the paths in between.
//
// Imports resolve to sources through the condition `group-services-source`. Were they to resolve to
// `dist` and `dist` be excluded, every edge between packages would vanish and every rule would pass.

/**
 * The wings of a package and what each may see beside itself and the ground floor, the files directly in
 * `src`. What a wing needs of one above it is handed to it.
 */
function wings(folder, sees) {
  return Object.entries(sees).map(([wing, others]) => ({
    name: `wings-of-${folder}`,
    severity: 'error',
    comment: `${wing} may see ${others.join(', ') || 'the ground floor'} only`,
    from: { path: `^packages/${folder}/src/${wing}/`, pathNot: '[.]test[.]ts$' },
    to: {
      path: `^packages/${folder}/src/[^/]+/`,
      pathNot: [wing, ...others].map((name) => `^packages/${folder}/src/${name}/`),
    },
  }));
}

const WORKSPACE = '^(packages|apps|examples|bench)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    // The leader's side and the node's side meet in the replicated state.
    ...wings('process-group', { replica: [], leader: ['replica'], node: ['replica'] }),
    ...wings('metagroup', {
      stream: [],
      requests: [],
      joining: ['stream'],
      list: ['stream'],
      takeover: ['list', 'stream'],
    }),
    ...wings('client', {
      api: [],
      arguments: ['api'],
      values: ['api', 'arguments'],
      tracing: ['api'],
      connection: ['api', 'arguments', 'values', 'tracing'],
      events: ['api', 'arguments', 'values'],
      handles: ['api', 'arguments', 'values', 'tracing', 'connection', 'events'],
    }),
    ...wings('simulation', {
      profile: [],
      checkers: ['profile'],
      world: ['profile', 'checkers'],
      processes: ['profile', 'world'],
      faults: ['profile', 'world', 'processes'],
      mutations: [],
      run: ['profile', 'checkers', 'world', 'processes', 'faults', 'mutations'],
    }),
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'of types neither: what two files need of each other belongs into a third, below both',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-never-import-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|examples|bench|tooling)/' },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|examples|bench|tooling)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'another package is reached through the entries of its exports map only',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/([^/]+)/' },
      to: {
        path: '^packages/[^/]+/',
        pathNot: [
          '^$1/$2/',
          '^packages/[^/]+/src/[^/]+[.]ts$',
          // The codecs of an older minor are an entry as well.
          '^packages/wire/fixtures/',
        ],
      },
    },
    {
      name: 'no-relative-way-into-another-package',
      comment: 'a path between two packages would skip the exports map and the declared dependency',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/([^/]+)/' },
      to: { path: WORKSPACE, pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      from: { path: WORKSPACE },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-dev', 'npm-peer', 'npm-optional'],
      },
    },
    {
      name: 'no-dev-dependency-in-src',
      comment: 'what users must bring themselves (vitest for the compliance suite) is a peer',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/[^/]+/src/', pathNot: '[.]test[.]ts$' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
        // Built into the package that uses it (its THIRD-PARTY.md).
        pathNot: '/node_modules/msgpackr/',
      },
    },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      from: { path: '/src/', pathNot: '[.]test[.]ts$' },
      to: { path: ['^(packages|apps|examples)/[^/]+/test/', '[.]test[.]ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: ['[.]config[.]ts$'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['group-services-source', 'types', 'import', 'node', 'default'],
    },
  },
};
