import { print } from '../output.js';

/** `tsync schema inventory|playbook`: the JSON Schema, for editors and other tools. */
export async function schema(what: 'inventory' | 'playbook'): Promise<number> {
  const document =
    what === 'inventory'
      ? (await import('#playbook/inventory-schema.js')).inventoryJsonSchema()
      : (await import('#playbook/playbook-schema.js')).playbookJsonSchema();
  print(JSON.stringify(document, null, 2));
  return 0;
}
