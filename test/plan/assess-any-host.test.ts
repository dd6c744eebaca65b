import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assess } from '#plan/assess.js';
import { unifiedDiff } from '#plan/unified-diff.js';
import { STRATEGIES } from '#settings/settings.js';
import { makeFacts } from '../policy/make-facts.js';
import { applyToFacts } from './apply-to-facts.js';
import { MADE_HOSTS, server, withSettings } from './made-hosts.js';

const LINES = [
  'server 10.77.0.1 iburst',
  'Pool 2.pool.example iburst',
  'peer 10.0.0.9',
  'refclock PHC /dev/ptp_hyperv poll 3 noselect',
  'refclock PHC /dev/ptp0 tai',
  'refclock SHM 0',
  'makestep 1.0 -1',
  'makestep 0.1 3',
  'makestep',
  'rtcfile /var/lib/chrony/rtc',
  'confdir /etc/chrony/conf.d',
  'sourcedir /etc/chrony/sources.d',
  'sourcedir /run/chrony-dhcp',
  'sourcedir /run/chrony-dhcp /etc/chrony/sources.d',
  'include "odd $path"',
  'local stratum 2',
  '#tsync# pool old.example',
  '#tsync# makestep 1 3',
  '# BEGIN tsync',
  '# END tsync',
  '# Ansible managed',
  '! \x1b[31m \xff',
];

it('any configuration, odd ones and hostile ones included, is assessed without an error and converges', () => {
  const host = fc.constantFrom(...Object.values(MADE_HOSTS));
  const text = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...LINES) }, fc.string()), { maxLength: 14 });
  fc.assert(
    fc.property(host, text, fc.constantFrom(...STRATEGIES), fc.boolean(), (made, lines, strategy, withServers) => {
      const main = made.family === 'debian' ? '/etc/chrony/chrony.conf' : '/etc/chrony.conf';
      const conf = lines.join('\n').replaceAll(/[^\0-\xff]/g, '?');
      const facts = makeFacts({ ...made, files: { [main]: conf } });
      const ntpServers = withServers ? [server('10.77.0.1')] : [];
      const settings = withSettings({ strategy, ntpServers, degrade: 'allow' });
      const input = { host: 'web1', settings, snapshotDigest: 'd', today: '2026-11-22' };
      const plan = assess({ ...input, facts });
      const again = assess({ ...input, facts: applyToFacts(facts, plan.changes) });
      expect(again.changes).toEqual([]);
      for (const finding of plan.findings) {
        for (const { where, text: shown } of finding.evidence) expect(where + shown).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
      }
      for (const change of plan.changes) expect(unifiedDiff(change)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
    }),
    { numRuns: 400 },
  );
});
