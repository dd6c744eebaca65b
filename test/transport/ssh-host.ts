import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type ServerChannel,
  type ServerConfig,
  type Connection as ServerConnection,
} from 'ssh2';
import type { ConnectionSettings, Host } from '#inventory/host.js';

/** An SSH host inside the test process: ssh2's own server, whose commands a real `sh` runs. */
export interface SshHost {
  readonly port: number;
  readonly hostKey: Buffer;
  readonly commands: string[];
  /** Authentication requests in the order they came: `publickey query`, `publickey signed`, `password`, ... */
  readonly authentications: string[];
  close(): Promise<void>;
}

export interface SshHostOptions {
  /** What is accepted is not enough: this is wanted too. */
  readonly alsoWants?: 'password';
  readonly closesAtLogin?: boolean;
  readonly userKey?: Buffer;
  readonly password?: string;
  /** Methods that the host says can continue. */
  readonly methods?: ('publickey' | 'password' | 'keyboard-interactive')[];
  /** First in PATH, for stand-ins of sudo. */
  readonly path?: string;
  readonly server?: Partial<ServerConfig>;
  /** Instead of running the command. */
  readonly onExec?: (channel: ServerChannel, command: string, connection: ServerConnection) => void;
  readonly refuseExec?: boolean;
  readonly ignoreChannels?: boolean;
  readonly onHandshake?: () => void;
  readonly onAuthentication?: () => void;
  readonly onSession?: () => void;
}

export interface KeyPair {
  readonly privateKey: string;
  readonly publicBlob: Buffer;
}

export function makeKey(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519'): KeyPair {
  const pair =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync('ed25519')
      : type === 'rsa'
        ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
        : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const parsed = ssh2.utils.parseKey(pair.private);
  // ssh2 now and then generates a key that it cannot read itself (its issue 1344): such a one is made again.
  if (parsed instanceof Error) return makeKey(type);
  return { privateKey: pair.private, publicBlob: parsed.getPublicSSH() };
}

export function pkcs8Pem(type: 'ed25519' | 'rsa' | 'ec', passphrase?: string): string {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }) as string;
}

export async function startSshHost(options: SshHostOptions, hostKey = makeKey()): Promise<SshHost> {
  const commands: string[] = [];
  const authentications: string[] = [];
  const sockets = new Set<ServerConnection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.privateKey], ...options.server }, (connection) => {
    sockets.add(connection);
    connection.on('error', () => {});
    connection.on('handshake', () => options.onHandshake?.());
    connection.on('authentication', (context) => {
      options.onAuthentication?.();
      if (options.closesAtLogin) connection.end();
      else authenticate(context, options, authentications);
    });
    connection.on('session', (accept) => {
      options.onSession?.();
      if (options.ignoreChannels) return;
      accept().on('exec', (acceptExec, rejectExec, { command }) => {
        commands.push(command);
        if (options.refuseExec) return rejectExec();
        const channel = acceptExec();
        channel.on('error', () => {});
        if (options.onExec) options.onExec(channel, command, connection);
        else runWithSh(channel, command, options.path);
      });
    });
  });
  const port = await listen(server as unknown as NetServer);
  return {
    port,
    hostKey: hostKey.publicBlob,
    commands,
    authentications,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.end();
        server.close(() => resolve());
        setTimeout(resolve, 200).unref();
      }),
  };
}

function authenticate(context: AuthContext, options: SshHostOptions, seen: string[]): void {
  const methods = options.methods ?? ['publickey'];
  const decide = (accepted: boolean) => {
    if (!accepted) context.reject(methods);
    else if (options.alsoWants) context.reject([options.alsoWants], true);
    else context.accept();
  };
  if (context.method === 'publickey') {
    seen.push(context.signature ? 'publickey signed' : 'publickey query');
    const known = options.userKey?.equals(context.key.data) ?? false;
    const key = ssh2.utils.parseKey(context.key.data);
    const { blob, signature, hashAlgo } = context;
    decide(known && !(key instanceof Error) && (!signature || !blob || key.verify(blob, signature, hashAlgo)));
    return;
  }
  seen.push(context.method);
  const offered = (methods as string[]).includes(context.method);
  if (context.method === 'password') decide(offered && context.password === options.password);
  else if (context.method === 'keyboard-interactive' && offered) {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => decide(answer === options.password));
  } else decide(false);
}

function runWithSh(channel: ServerChannel, command: string, path: string | undefined): void {
  const env = { ...process.env, ...(path && { PATH: `${path}:${process.env.PATH}` }) };
  const child = spawn('sh', ['-c', command], { env, detached: true });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk) => channel.writable && channel.write(chunk));
  child.stderr.on('data', (chunk) => channel.writable && channel.stderr.write(chunk));
  child.on('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
  channel.on('close', () => {
    // Only the process group that was started here.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  });
}

/** A server of bytes instead of SSH. */
export async function startBytes(onSocket: (socket: Socket) => void): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  const port = await listen(server);
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** A host of the inventory at a port of this machine. */
export function hostAt(port: number, connection: Partial<ConnectionSettings> = {}): Host {
  return {
    name: 'web01',
    groups: ['all'],
    vars: {},
    settings: [],
    connection: {
      transport: 'ssh',
      image: null,
      address: '127.0.0.1',
      port,
      user: 'ops',
      privateKeyFiles: [],
      password: null,
      become: false,
      becomeMethod: 'sudo',
      becomeUser: 'root',
      becomePassword: null,
      hostKeys: [],
      legacy: false,
      connectTimeoutMs: 3_000,
      ...connection,
    },
  };
}
