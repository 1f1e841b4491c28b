/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'packages-never-import-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'wire-is-a-leaf',
      comment: 'wire may import no other workspace package',
      severity: 'error',
      from: { path: '^packages/wire/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/wire/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'another workspace package is reached through its package entry only (dist/*.d.ts)',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^(packages|apps)/[^/]+/(src|test)/',
        pathNot: ['^$1/$2/', '^packages/[^/]+/src/index[.]ts$'],
      },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-dep',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
      },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '^(packages|apps)/[^/]+/test/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['group-services-source', 'types', 'import', 'node', 'default'],
    },
  },
};
