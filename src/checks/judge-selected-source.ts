import { printable } from '#errors/printable.js';
import { problem } from '#errors/problem.js';
import type { ChronySource, Facts } from '#facts/facts.js';
import { activeDaemon } from './active-daemon.js';
import type { SelectedSource } from './check.js';
import type { Evidence, Judgement } from './verdict.js';

/** The daemon that keeps the clock has selected a source of the wanted kind; `names`: one of these servers. */
export function judgeSelectedSource(facts: Facts, anyOf: SelectedSource, names: readonly string[] | null): Judgement {
  const found = selectionOf(facts);
  if ('unknown' in found) {
    const detail = printable(found.unknown);
    return { verdict: { status: 'unknown', problem: problem('checks/daemon-unknown', detail) }, evidence: [] };
  }
  const { selected, evidence } = found;
  if (selected !== null && anyOf[selected.kind] && (names?.includes(selected.name) ?? true))
    return { verdict: { status: 'in-sync' }, evidence };
  const limit = { value: names === null ? describeWanted(anyOf) : names.join(' or '), unit: '', bound: null };
  return {
    verdict: { status: 'violation', measured: { value: selected?.text ?? 'none', unit: '', bound: null }, limit },
    evidence,
  };
}

interface Selection {
  readonly selected: { readonly kind: keyof SelectedSource; readonly name: string; readonly text: string } | null;
  readonly evidence: readonly Evidence[];
}

function selectionOf(facts: Facts): Selection | { readonly unknown: string } {
  switch (activeDaemon(facts)) {
    case 'timesyncd':
      return ofTimesyncd(facts);
    case 'ntpd':
    case 'ntpsec':
      return ofNtpd(facts);
    default:
      return ofChrony(facts);
  }
}

/** `*` of chronyc(1): sources. */
function ofChrony({ chrony: { sources } }: Facts): Selection | { readonly unknown: string } {
  if (sources.value === null) return { unknown: `chronyc sources told nothing: ${sources.reason}` };
  const evidence = sources.value.map((one) => ({ where: 'chronyc -c sources', text: describe(one) }));
  const selected = sources.value.find((one) => one.state === '*');
  if (selected === undefined || selected.mode === 'unknown') return { selected: null, evidence };
  const kind = selected.mode === 'refclock' ? 'refclock' : 'server';
  return { selected: { kind, name: selected.name, text: describe(selected) }, evidence };
}

function describe({ mode, name, state, reach }: ChronySource): string {
  return printable(`${mode} ${name}, state ${state}, reach ${reach.toString(8)}`);
}

/** `*`, or `o` with the pulses of a clock: ntpq(8), peers. A refclock is 127.127.t.u, or a driver's name with its unit. */
function ofNtpd({ ntpd }: Facts): Selection | { readonly unknown: string } {
  if (ntpd.value === null) return { unknown: `ntpq told nothing: ${ntpd.reason}` };
  const text = ({ remote, tally, reach }: { remote: string; tally: string; reach: number }) =>
    printable(`${remote}, state "${tally}", reach ${reach.toString(8)}`);
  const evidence = ntpd.value.peers.map((peer) => ({ where: 'ntpq -pn', text: text(peer) }));
  const peer = ntpd.value.peers.find(({ tally }) => tally === '*' || tally === 'o');
  if (peer === undefined) return { selected: null, evidence };
  const isRefclock = /^127\.127\.|^[A-Z][A-Z0-9_]*\(\d+\)$/.test(peer.remote);
  return { selected: { kind: isRefclock ? 'refclock' : 'server', name: peer.remote, text: text(peer) }, evidence };
}

/** It has one server at a time, and follows it when it is synchronised. */
function ofTimesyncd({ timesyncd }: Facts): Selection | { readonly unknown: string } {
  if (timesyncd.value === null) return { unknown: `systemd-timesyncd told nothing: ${timesyncd.reason}` };
  const { serverName, serverAddress, synchronised } = timesyncd.value;
  const text = printable(`${serverName ?? 'no server'} (${serverAddress ?? 'no address'})`);
  const evidence = [{ where: 'timedatectl show-timesync', text }];
  const name = serverName ?? serverAddress;
  return { selected: synchronised && name !== null ? { kind: 'server', name, text } : null, evidence };
}

function describeWanted({ refclock, server }: SelectedSource): string {
  if (refclock && server) return 'a PTP clock or an NTP server';
  return refclock ? 'the PTP clock' : 'an NTP server';
}
