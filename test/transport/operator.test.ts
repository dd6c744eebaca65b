import { expect, it } from 'vitest';
import { operatorHome } from '#transport/operator-home.js';
import { operatorName } from '#transport/operator-name.js';

const nobody = (): never => {
  throw new Error('uv_os_get_passwd returned ENOENT');
};

it.each([
  [{ HOME: '/home/ada' }, '/home/ada'],
  [{}, '/database/ada'],
  [{ HOME: '' }, '/database/ada'],
  [{ HOME: 'relative' }, '/database/ada'],
])('the home with %j is %s', (environment, home) => {
  expect(operatorHome(environment, () => '/database/ada')).toBe(home);
});

it('a home that nobody knows is a mistake that can be mended', () => {
  expect(() => operatorHome({ HOME: '' }, nobody)).toThrow('HOME is no absolute path');
  expect(operatorHome({ HOME: '/tmp/x' }, nobody)).toBe('/tmp/x');
});

it('whoever is in no user database has the name of the environment, or a number', () => {
  expect(operatorName({ LOGNAME: 'bob' }, () => 'ada')).toBe('ada');
  expect(operatorName({ LOGNAME: 'bob', USER: 'eve' }, nobody)).toBe('bob');
  expect(operatorName({ USER: 'eve' }, nobody)).toBe('eve');
  expect(operatorName({}, nobody)).toBe(String(process.getuid?.()));
});
