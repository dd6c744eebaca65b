import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, ServerChannel } from 'ssh2';
import { type Conversation, converse } from './framing.js';

/** What a hostile host does with the one command that it is asked to run. */
export type Way = (channel: ServerChannel, command: string, connection: Connection) => void;

const KIB64 = 65_536;

function filled(text: string, bytes = KIB64): string {
  return text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
}

/** Writes until nobody takes it any more, as fast as it is taken. */
function flood(stream: NodeJS.WritableStream, chunk: string | Buffer): void {
  const go = () => {
    for (let count = 0; count < 64; count++) if (!stream.write(chunk)) return void stream.once('drain', go);
    setImmediate(go);
  };
  go();
}

/** After READY. */
const speaking =
  (speak: (said: Conversation, channel: ServerChannel, connection: Connection) => void): Way =>
  (channel, command, connection) => {
    converse(channel, command).then((said) => speak(said, channel, connection));
  };

/** A whole answer, as a host gives it whose files and outputs are what they are, and whose program then ends. */
const answering = (sections: (said: Conversation) => readonly Buffer[]): Way =>
  speaking((said, channel) => {
    channel.write(Buffer.concat(sections(said)));
    channel.write(said.frame('done'));
    channel.exit(0);
    channel.end();
  });

/** What makes tsync look further: a Debian 12 with chrony that runs. */
function debian(said: Conversation, configFiles: readonly string[]): Buffer[] {
  return [
    said.section('command', 'uid', '0\n'),
    said.section('command', 'uname', 'Linux 6.1.0 x86_64\n'),
    said.section('values', 'system', 'init=systemd\nsystemd=yes\ndmi=yes\nvirtual=yes\nuptime=9000.0\n'),
    said.section('command', 'systemd', 'systemd 252 (252.39)\n'),
    said.section('command', 'packages:dpkg', 'chrony 4.3-2 ii \n'),
    said.section('command', 'chronyd-version', 'chronyd (chrony) version 4.3\n'),
    said.section('values', 'processes', 'looked\nprocess 7 chronyd\n'),
    said.section('values', 'ptp', 'looked\n'),
    said.section('file', '/etc/os-release', 'ID=debian\nVERSION_ID="12"\n'),
    said.section('values', 'chrony-config', configFiles.map((path) => `file ${path}\n`).join('')),
  ];
}

/** What is parsed of a host beside its files. */
const SECTIONS = {
  command: [
    'services',
    'tracking',
    'sources',
    'sourcestats',
    'selectdata',
    'authdata',
    'timesync',
    'timesync-status',
    'ntpq-system',
    'ntpq-peers',
    'openntpd',
    'dmesg',
    'chrony-check',
  ],
  values: [
    'links:/etc/systemd/system',
    'dhcp-servers',
    'clock-jobs',
    'transactions',
    'init-scripts',
    'links:scripts',
    'module-parameters',
  ],
} as const;

const pathology = (text: string): Way =>
  answering((said) => [
    ...debian(said, ['/etc/chrony/chrony.conf']),
    said.section('file', '/etc/chrony/chrony.conf', filled(text)),
    ...SECTIONS.command.map((name) => said.section('command', name, filled(text))),
    ...SECTIONS.values.map((name) => said.section('values', name, filled(text))),
  ]);

const manyFiles = (count: number, text: string): Way =>
  answering((said) => {
    const paths = Array.from({ length: count }, (_, at) => `/etc/chrony/conf.d/${at}.conf`);
    return [...debian(said, paths), ...paths.map((path) => said.section('file', path, filled(text)))];
  });

/** By name, so that a failure says which. */
export const WAYS: { readonly [name: string]: Way } = {
  'says-nothing': () => {},
  'closes-at-once': (channel) => channel.close(),
  'breaks-the-connection': speaking((_said, _channel, connection) => connection.end()),
  'is-silent-after-ready': speaking(() => {}),
  'never-closes': speaking((said, channel) => void channel.write(said.frame('done'))),
  'floods-before-ready': (channel) => flood(channel, filled('noise\n')),
  'floods-after-ready': speaking((_said, channel) => flood(channel, Buffer.alloc(KIB64))),
  'floods-stderr': speaking((_said, channel) => flood(channel.stderr, filled('oops '))),
  'floods-frames': speaking((said, channel) => flood(channel, said.frame('idle').repeat(1000))),
  'floods-answers': speaking((said, channel) => flood(channel, said.frame('t 1 1.5').repeat(1000))),
  'floods-ready': speaking((said, channel) => flood(channel, said.ready.repeat(1000))),
  'floods-steps': speaking((said, channel) => flood(channel, said.frame('step file:/x done').repeat(1000))),
  'floods-sections': speaking((said, channel) => flood(channel, Buffer.from(said.section('values', 'a', 'b')))),
  'one-section-without-end': speaking((said, channel) => {
    channel.write(said.section('file', '/etc/x', filled('a')).subarray(0, -20));
    flood(channel, filled('server a\n'));
  }),
  'same-section-twice': answering((said) => [
    ...debian(said, []),
    said.section('command', 'uid', '0\n'),
    said.section('values', 'processes', 'looked\n'),
  ]),
  drips: speaking(async (said, channel) => {
    for (const byte of said.section('values', 'system', filled('a=b\n'))) {
      if (!channel.writable) return;
      channel.write(Buffer.from([byte]));
      await sleep(100);
    }
  }),
  'garbage-frames': speaking((said, channel) => {
    for (let count = 0; count < 3000; count++) channel.write(said.frame(`section \x1b[2J ${count} %zz -1 \u202e`));
    channel.end();
  }),
  'a-line-without-end': speaking((said, channel) => {
    channel.write(said.frame('section').slice(0, -1));
    channel.write(filled('x', 4_000_000));
  }),
  'files-1000': manyFiles(1000, 'server a\n'),
  'files-60': manyFiles(60, 'server a\n'),
  'files-60-of-blocks': manyFiles(60, '# BEGIN tsync\n'),
  'file-of-servers': manyFiles(1, 'server a\n'),
  'line-feeds': pathology('\n'),
  blanks: pathology(' '),
  letters: pathology('a'),
  digits: pathology('1'),
  brackets: pathology('([{<'),
  assignments: pathology('Offset=1\n'),
  'units-and-links': answering((said) => {
    const link = 'lrwxrwxrwx 1 root root 16 Nov 22 2026 chrony.service -> /lib/a\n';
    const unit = 'Id=chrony.service\nNames=chrony.service\nFragmentPath=/etc/os-release\n\n';
    return [
      ...debian(said, []),
      said.section('command', 'services', filled(unit)),
      ...Array.from({ length: 40 }, (_, at) => said.section('values', `links:/${at}`, filled(link))),
    ];
  }),
};
