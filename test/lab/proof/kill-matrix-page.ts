import type { Ended, Trial, Victim } from './kill-trials.js';

const VICTIMS: readonly Victim[] = ['shell', 'connection', 'tsync', 'power', 'isolate'];
const TITLES: Readonly<Record<Victim, string>> = {
  shell: 'remote shell',
  connection: 'connection',
  tsync: 'tsync',
  power: 'power',
  isolate: 'guard by isolate, and shell',
};

/** docs/proof/kill-matrix.md: a line a point, a column a victim, and how often a host ended how. */
export function killMatrixPage(
  points: readonly string[],
  ended: readonly { readonly trial: Trial; readonly end: Ended }[],
): string {
  const cell = (at: string, victim: Victim) => {
    const found = ended.find(({ trial }) => trial.at === at && trial.victim === victim);
    if (found === undefined) return '';
    return found.trial.returns ? `${found.end} (came back)` : found.end;
  };
  const rows = points.map((at) => `| ${worded(at)} | ${VICTIMS.map((victim) => cell(at, victim)).join(' | ')} |`);
  const count = (test: (end: Ended) => boolean) => ended.filter(({ end }) => test(end)).length;
  const sums = VICTIMS.map((victim) => {
    const of = ended.filter(({ trial }) => trial.victim === victim);
    const ends = (wanted: string) => of.filter(({ end }) => end === wanted).length;
    return `| ${TITLES[victim]} | ${of.length} | ${ends('before')} | ${ends('after')} | ${of.length - ends('before') - ends('after')} |`;
  });
  return `${INTRODUCTION}
| killed | points | as before | as planned, confirmed | anything else |
| --- | ---: | ---: | ---: | ---: |
${sums.join('\n')}
| all | ${ended.length} | ${count((end) => end === 'before')} | ${count((end) => end === 'after')} | ${count((end) => end !== 'before' && end !== 'after')} |

| at this point | ${VICTIMS.map((victim) => TITLES[victim]).join(' | ')} |
| --- | ${VICTIMS.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}

/** `before journal file:/etc/x begin` as a cell of the table. */
function worded(at: string): string {
  const [when = '', what = '', ...rest] = at.split(' ');
  const things: Readonly<Record<string, string>> = {
    guard: 'the guard is armed',
    state: `the state \`${rest.join(' ')}\` is written`,
    journal: `the journal has \`${rest.join(' ')}\``,
    disarm: 'the guard is put down',
  };
  return `${when} ${things[what]}`;
}

const INTRODUCTION = `# The kill matrix

Made by \`test/lab/proof/kill-matrix.test.ts\`, which compares this page with what it saw: do not edit it. It is part of
\`npm run lab\`, and so of CI.

Real systemd hosts (containers with Debian 12). The plan edits, makes, removes files, one through a symbolic link, one with an
extended attribute and an odd mode and owner; stops and disables a service, starts and enables one, masks one; sets a module's
parameter (in a file system of memory over /sys/module: containers share their kernel); restarts chronyd. At each point one thing
gets SIGKILL: the shell that runs tsync's program on the host; the sshd process of the connection, after which on every second
host somebody connects again and confirms; tsync itself; everything on the host, which then boots again; or, by \`systemctl isolate\`, every unit that
does not belong to the target, and then the shell. Once no guard is left,
every path of /etc with content, mode, owner and extended attributes, what is enabled and what runs, and the parameter are compared with the host as it was
and with a host on which nothing was killed.
`;
