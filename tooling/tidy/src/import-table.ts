// Who may import whom, by package. The four tags of turbo.json are the coarse form of this table.
// Siblings never appear in each other's row: engines are joined by translation in daemon-engine.

/** What a package's published code may import, and what its tests may import beside that. */
export interface Row {
  readonly uses: readonly string[];
  readonly tests: readonly string[];
}

const engine: Row = { uses: ['core', 'wire'], tests: ['testkit'] };

export const importTable: Readonly<Record<string, Row>> = {
  core: { uses: [], tests: [] },
  testkit: { uses: ['core'], tests: [] },
  wire: { uses: ['core'], tests: ['testkit'] },
  liveness: engine,
  dialling: { uses: ['core', 'wire'], tests: [] },
  metagroup: engine,
  'process-group': engine,
  'name-server': engine,
  'daemon-engine': {
    uses: ['core', 'wire', 'liveness', 'metagroup', 'process-group'],
    tests: ['testkit', 'name-server'],
  },
  'udp-association': { uses: ['core'], tests: ['testkit'] },
  certificates: { uses: [], tests: [] },
  transport: { uses: ['core', 'udp-association'], tests: ['testkit', 'certificates'] },
  runtime: { uses: ['core', 'wire', 'dialling', 'transport'], tests: ['testkit', 'certificates'] },
  client: { uses: ['core', 'wire', 'transport'], tests: ['testkit'] },
  testing: {
    uses: ['core', 'wire', 'transport', 'runtime', 'name-server', 'daemon-engine', 'client'],
    tests: [],
  },
  recipes: { uses: ['client'], tests: ['testing'] },
  console: { uses: ['daemon-engine', 'name-server'], tests: [] },
  // What it writes uses them; it does not.
  'create-group-services': { uses: [], tests: ['client', 'recipes', 'testing'] },
  simulation: {
    uses: [
      'core',
      'wire',
      'liveness',
      'dialling',
      'metagroup',
      'process-group',
      'name-server',
      'daemon-engine',
      'transport',
      'runtime',
      'client',
      'testkit',
    ],
    tests: ['recipes'],
  },
  // Takes what others have built; imports nothing of it.
  site: { uses: ['client', 'recipes', 'testing', 'transport', 'playground'], tests: [] },
  // A page: the engines on the network of the simulation.
  playground: {
    uses: ['core', 'wire', 'name-server', 'daemon-engine', 'simulation'],
    tests: [],
  },
  gsd: {
    uses: ['core', 'wire', 'transport', 'runtime', 'daemon-engine'],
    tests: ['console', 'client', 'recipes', 'testkit', 'certificates'],
  },
  gsns: {
    uses: ['core', 'wire', 'transport', 'runtime', 'name-server'],
    tests: ['console', 'client', 'testkit', 'certificates'],
  },
  gsctl: {
    uses: ['core', 'wire', 'transport', 'runtime', 'client', 'certificates'],
    tests: ['testkit'],
  },
};
