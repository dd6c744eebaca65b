/** Programs that a step of the clock is likely to disturb, by the kernel's name for them, and how. */
interface Hazard {
  readonly names: RegExp;
  readonly forwards: string;
  readonly backwards: string;
}

/**
 * What is known to mind. The probe looks for the same names (`minding_processes` in src/probe/processes.sh). Programs that run in a Java
 * machine (Cassandra, Kafka, ZooKeeper, Elasticsearch) all have the name `java` and are not seen.
 */
export const HAZARDS: readonly Hazard[] = [
  {
    names: /^(postgres|postmaster|mysqld|mariadbd|ora_pmon_.*|mongod)$/,
    forwards: 'a database: locks and sessions time out early, and time stamps have a gap',
    backwards: 'a database: time stamps come twice or out of order, replication by time goes wrong',
  },
  {
    names: /^(etcd|consul|redis-server|beam\.smp)$/,
    forwards: 'leases, sessions and keys with a time to live end early',
    backwards: 'leases, sessions and keys with a time to live end late',
  },
  {
    names: /^(sssd|krb5kdc|winbindd|samba|smbd)$/,
    forwards: 'Kerberos: tickets end early; beyond 5 min from the others nobody can log in',
    backwards: 'Kerberos: new tickets are not valid yet; beyond 5 min from the others nobody can log in',
  },
  {
    names: /^(crond?|atd)$/,
    forwards: 'jobs of the skipped time are run late or not at all',
    backwards: 'jobs of the repeated time may run twice',
  },
  {
    names: /^(corosync|pacemakerd|kubelet|ceph-mon|ceph-osd)$/,
    forwards: 'a cluster: leases end early, and this node may be taken for lost',
    backwards: 'a cluster: leases last too long, and monitors report clock skew',
  },
];
