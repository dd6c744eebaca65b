/**
 * Variables that tsync reads to reach a host, each with its other names. Where several are set, the last in the list counts,
 * as in Ansible's plugins (`ansible-doc -t connection ssh`, `ansible-doc -t become sudo`).
 */
export const CONNECTION_VARIABLES = {
  address: ['ansible_ssh_host', 'ansible_host'],
  port: ['ansible_ssh_port', 'ansible_port'],
  user: ['ansible_ssh_user', 'ansible_user'],
  privateKeyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  password: ['ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password'],
  connection: ['ansible_connection'],
  become: ['ansible_become'],
  becomeMethod: ['ansible_become_method'],
  becomeUser: ['ansible_become_user', 'ansible_sudo_user'],
  becomePassword: ['ansible_sudo_pass', 'ansible_become_pass', 'ansible_become_password'],
  connectTimeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  hostKey: ['host_key'],
  legacy: ['legacy'],
  root: ['root'],
  platform: ['platform'],
} as const satisfies Record<string, readonly string[]>;

export type ConnectionField = keyof typeof CONNECTION_VARIABLES;

/** Never given on in `Host.vars`, which may be printed. */
export const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  ...CONNECTION_VARIABLES.password,
  ...CONNECTION_VARIABLES.becomePassword,
]);

/** Variables of Ansible that have no meaning for tsync, so that a name close to one of them is no spelling mistake. */
const FOREIGN_VARIABLES = [
  'ansible_group_priority',
  'ansible_python_interpreter',
  'ansible_become_exe',
  'ansible_become_flags',
  'ansible_become_plugin',
  'ansible_become_su_pass',
  'ansible_become_sudo_pass',
  'ansible_shell_type',
  'ansible_shell_executable',
  'ansible_psrp_host',
  'ansible_psrp_port',
  'ansible_scp_executable',
  'ansible_sftp_executable',
  'ansible_ssh_pkcs11_provider',
  'ansible_ssh_private_key',
  'ansible_ssh_private_key_passphrase',
  'ansible_oc_extra_args',
  'ansible_winrm_host',
  'ansible_winrm_path',
  'ansible_winrm_pass',
  'ansible_winrm_password',
  'ansible_winrm_user',
  'ansible_ssh_args',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_ssh_executable',
  'ansible_ssh_pipelining',
  'ansible_ssh_retries',
  'ansible_ssh_transfer_method',
  'ansible_ssh_use_tty',
  'ansible_pipelining',
  'ansible_sftp_extra_args',
  'ansible_scp_extra_args',
  'ansible_host_key_checking',
  'ansible_ssh_host_key_checking',
  'ansible_remote_tmp',
  'ansible_winrm_transport',
  'ansible_winrm_port',
  'ansible_network_os',
  'ansible_distribution',
  'ansible_hostname',
  'ansible_hosts',
  'ansible_facts',
] as const;

/** Other ways to become root; each has four variables of its own. */
const BECOME_METHODS = [
  'doas',
  'dzdo',
  'enable',
  'ksu',
  'machinectl',
  'pbrun',
  'pfexec',
  'pmrun',
  'runas',
  'sesu',
  'su',
  'sudo',
  'sudosu',
];

export const KNOWN_VARIABLES: ReadonlySet<string> = new Set([
  ...Object.values(CONNECTION_VARIABLES).flat(),
  ...FOREIGN_VARIABLES,
  ...BECOME_METHODS.flatMap((method) => ['exe', 'flags', 'pass', 'user'].map((part) => `ansible_${method}_${part}`)),
]);
