/** The id of one host's transaction: the run's, which is unique, and the host's place in it; safe as a file name on any host. */
export function transactionId(run: string, host: string): string {
  return `${run}.${host.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 40)}`;
}
