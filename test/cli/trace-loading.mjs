// `node --import` this: prints on standard error, as the process ends, which files were loaded.
import { registerHooks } from 'node:module';

const loaded = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(`\nloaded: ${JSON.stringify(loaded)}\n`));
