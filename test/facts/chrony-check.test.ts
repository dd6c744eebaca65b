import { describe, expect, it } from 'vitest';
import { command, factsWith } from './sections.js';

// real: chronyd 4.3 (Debian 12), `chronyd -p -f FILE`, of which the probe keeps what it says of the configuration
const INVALID = '2026-11-22T16:43:10Z Fatal error : Invalid directive at line 48 in file /etc/chrony/chrony.conf\n';
const PARSE =
  '2026-11-22T16:35:55Z Fatal error : Could not parse server directive at line 1 in file /etc/chrony/conf.d/site.conf\n';
const DENIED = '2026-11-22T16:43:10Z Fatal error : Could not open /root/x.conf : Permission denied\n';

const check = (text: string, exit: number, uid = '0') =>
  factsWith(command('uid', `${uid}\n`), command('chrony-check', text, exit)).chrony.configCheck;

describe('what chronyd says of its configuration', () => {
  it('names the line that it does not take', () => {
    expect(check(INVALID, 1).value).toEqual({
      verdict: 'rejected',
      fault: 'Invalid directive at line 48 in file /etc/chrony/chrony.conf',
      at: { path: '/etc/chrony/chrony.conf', line: 48 },
    });
    expect(check(PARSE, 1).value).toMatchObject({ at: { path: '/etc/chrony/conf.d/site.conf', line: 1 } });
  });

  it('is good only where it ended well', () => {
    expect(check('', 0).value).toEqual({ verdict: 'accepted' });
    expect(check('2026-11-22T16:43:10Z Using deprecated option\n', 0).value).toEqual({ verdict: 'accepted' });
    expect(check('', 124)).toEqual({ value: null, reason: 'chronyd -p did not end in time' });
    expect(check('', 1)).toEqual({ value: null, reason: 'chronyd -p ended with 1' });
  });

  it('is not known where an ordinary user may not read it, and a fault where root cannot', () => {
    expect(check(DENIED, 1, '1000').value).toBeNull();
    expect(check(DENIED, 1).value).toMatchObject({ verdict: 'rejected', at: null });
    expect(check(INVALID, 1, '1000').value).toMatchObject({ verdict: 'rejected' });
  });

  it('was not asked where the probe did not ask', () => {
    expect(factsWith(command('uid', '0\n')).chrony.configCheck.value).toEqual({ verdict: 'not-asked' });
  });
});
