// The layers of docs/internals/architecture.md. A file imports from its own folder and from folders above it in this list.
const LAYERS = [
  ['errors', 'what can go wrong is known to all and knows nobody'],
  ['units', 'how a number is written depends on nothing but the number'],
  ['inventory', 'who the hosts are does not depend on what is found on them'],
  ['snapshot', 'raw output is parsed before anything means something'],
  ['conversation', 'what a host says is taken apart before anybody believes it'],
  ['probe', 'the same program for all hosts knows nothing of what is wanted'],
  ['facts', 'facts are what a snapshot means, and nothing that anybody wants'],
  ['resources', 'what can be set is a closed list that no policy changes'],
  ['transaction', 'how changes are made and taken back does not depend on who wants them'],
  ['packages', 'what a package manager is asked does not depend on who wants it'],
  ['checks', 'what can be measured is a closed list that no policy changes'],
  ['settings', 'what an operator may ask for is a type that knows neither its file nor a host'],
  ['config', 'a configuration is read and edited without knowing who wants what of it'],
  ['platforms', 'what clouds, hypervisors and distributions offer is the same whatever is asked for'],
  ['rules', 'a rule judges what is there and asks for nothing'],
  ['playbook', 'a playbook may name settings and rules; nothing that judges a host reads a file'],
  ['policy', 'a policy sees settings and facts, never the plan made of it'],
  ['plan', 'a plan is a pure function of what was read'],
  ['run', 'run state is a fold over events; it starts nothing'],
  ['present', 'what report and screen both show is chosen once, and drawn by neither'],
  ['report', 'a report shows a run state; it reads and changes nothing else'],
  ['transport', 'the only code that reaches a host knows no plans'],
  ['store', 'the only code that keeps data here knows no hosts'],
  ['sources', 'reads what people wrote, and hands text to the pure parsers'],
  ['engine', 'drives hosts and emits events; it does not know who listens'],
  ['operations', 'what tsync does to a fleet is given its answers; it neither prints nor asks'],
  ['tui', 'components take plain props; they neither connect nor store'],
  ['demo', 'a simulated fleet stands outside of what it simulates'],
  ['cli', 'parse, call, render: nothing imports the command line'],
];
const PURE =
  '^src/(errors|units|inventory|snapshot|conversation|probe|facts|resources|transaction|packages|checks|settings|config|platforms|rules|playbook|policy|plan|run|present|report)/';

const layerRules = LAYERS.slice(0, -1).map(([layer, reason], index) => ({
  name: `layer-${layer}`,
  comment: `${layer}/ imports nothing from below it: ${reason}`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: {
    path: `^src/(${LAYERS.slice(index + 1)
      .map(([below]) => below)
      .join('|')})/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'a cycle, of types too, means that two things are one or that a third is missing',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...layerRules,
    {
      name: 'pure-core',
      comment: 'above the line all is pure, so that the same snapshot gives the same plan; hashing is a function',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-core-libraries',
      comment: 'above the line nothing connects, draws or stores',
      severity: 'error',
      from: { path: PURE },
      to: { path: 'node_modules/(ssh2|ink|react|commander|p-limit)/' },
    },
    {
      name: 'ssh2-in-transport',
      comment: 'the only code that reaches a host is transport/; the demo is the other end of the line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(transport|demo)/' },
      to: { path: 'node_modules/ssh2/' },
    },
    {
      name: 'screen-in-tui',
      comment: 'ink and react cost half a second at import: only the screen loads them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tui/' },
      to: { path: 'node_modules/(ink|react)/' },
    },
    {
      name: 'sqlite-in-store',
      comment: 'the only code that keeps data here is store/',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'no-unresolvable',
      comment: 'an import that cannot be resolved is one that the layer rules cannot see',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-test-imports',
      comment: 'the product does not know its tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
