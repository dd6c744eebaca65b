// Lets a child process of a test run the TypeScript sources as they are: `node --import typescript-hooks.mjs writer.ts`.
import { registerHooks } from 'node:module';

const sources = new URL('../../src/', import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const own =
      specifier.startsWith('#') || (specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/'));
    if (!own || !specifier.endsWith('.js')) return next(specifier, context);
    const typescript = specifier.replace(/\.js$/, '.ts');
    return typescript.startsWith('#')
      ? { url: new URL(typescript.slice(1), sources).href, shortCircuit: true }
      : next(typescript, context);
  },
});
