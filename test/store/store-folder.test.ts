import { expect, test } from 'vitest';
import { storeFolder } from '#store/store-folder.js';

test.each([
  [{ XDG_STATE_HOME: '/var/state' }, '/var/state/tsync'],
  [{}, '/home/ada/.local/state/tsync'],
  [{ XDG_STATE_HOME: '' }, '/home/ada/.local/state/tsync'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/ada/.local/state/tsync'],
])('with %j the store is in %s', (environment, folder) => {
  expect(storeFolder(environment, '/home/ada')).toBe(folder);
});
