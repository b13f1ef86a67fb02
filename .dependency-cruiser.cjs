/** Who may import whom: the table of docs/architecture.md. */
const layers = {
  domain: ['^src/domain/'],
  workflows: ['^src/workflows/', '^src/domain/', '^node_modules/@temporalio/(workflow|common)/'],
  channels: [
    '^src/channels/',
    '^src/domain/',
    '^(node:)?(crypto|zlib)$',
    '^node_modules/(zod|csv-parse)/',
  ],
  store: [
    '^src/store/',
    '^src/domain/',
    '^src/fault-point.ts$',
    '^(crypto|url|util|events)$',
    '^node_modules/(@types/)?(pg|node-pg-migrate)/',
  ],
  activities: [
    '^src/activities/',
    '^src/domain/',
    '^src/store/',
    '^src/channels/',
    '^src/(telemetry|line|fault-point).ts$',
    '^(https?|net|crypto|dns/promises)$', // a webhook goes to the address that was checked
    '^node_modules/@temporalio/(activity|common)/',
  ],
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(layers).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: {
        pathNot: allowed,
        // A workflow sees activities by type only.
        ...(folder === 'workflows' ? { dependencyTypesNot: ['type-only'] } : {}),
      },
    })),
    {
      name: 'channels-know-no-other-channel',
      severity: 'error',
      from: { path: '^src/channels/([^/]+)/' },
      to: { path: '^src/channels/([^/]+)/', pathNot: '^src/channels/$1/' },
    },
    {
      name: 'api-imports',
      severity: 'error',
      from: { path: '^src/api/', pathNot: '^src/api/main.ts$' },
      to: {
        path: '^src/(activities|sandbox|stack|channels/[^/]+/|workflows/payment)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sandbox-shares-no-code',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^(src/(?!sandbox/)|worker.ts)' },
    },
    {
      // What starts the product's processes is wiring; what it is judged by is the campaign's own.
      name: 'chaos-shares-no-code',
      severity: 'error',
      from: { path: '^chaos/' },
      to: {
        path: '^(src/|worker.ts)',
        pathNot: '^src/stack/(failure|port|program|server|settings|supervisor).ts$',
      },
    },
    {
      name: 'wiring-is-not-imported',
      severity: 'error',
      from: { pathNot: '^(src/stack/|src/api/main.ts|worker.ts|test/|chaos/)' },
      to: { path: '^(src/stack/|src/api/main.ts|worker.ts)' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^(src/|worker.ts|chaos/)' },
      to: { path: '^(test/|bench/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
