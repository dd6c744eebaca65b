/** The files of ssh2 1.17 that src/transport/ssh2-parts.ts loads; its types describe only its index. */
declare module 'ssh2/lib/client.js' {
  import { Client } from 'ssh2';
  export default Client;
}

declare module 'ssh2/lib/agent.js' {
  import { createAgent } from 'ssh2';

  const agents: { readonly createAgent: typeof createAgent };
  export default agents;
}

declare module 'ssh2/lib/protocol/keyParser.js' {
  import { utils } from 'ssh2';

  const keys: { readonly parseKey: typeof utils.parseKey };
  export default keys;
}
