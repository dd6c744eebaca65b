import type { Facts, FileFacts, ServiceFacts } from '#facts/facts.js';
import type { Change } from '#resources/resource.js';
import { readingOrder } from '../policy/make-facts.js';

/** The facts of a host after the changes were made: what a new probe would see. */
export function applyToFacts(facts: Facts, changes: readonly Change[]): Facts {
  const files = new Map(facts.files);
  const services = new Map(facts.services);
  let parameters = facts.hyperv.parameters;
  for (const change of changes) {
    switch (change.kind) {
      case 'file':
        files.set(change.name, afterFile(change));
        break;
      case 'service':
        services.set(change.name, afterService(services.get(change.name), change));
        break;
      case 'module-parameter':
        parameters = {
          value: { ...parameters.value, [change.name.slice('hv_utils.'.length)]: change.after?.value ?? '' },
        };
        break;
    }
  }
  const configFiles = readingOrder(facts.chrony.configPath ?? '', files);
  return {
    ...facts,
    files,
    services,
    hyperv: { ...facts.hyperv, parameters },
    chrony: { ...facts.chrony, configFiles },
    daemons: facts.daemons.map((daemon) => {
      const service = daemon.unit === null ? undefined : services.get(daemon.unit);
      return service === undefined ? daemon : { ...daemon, active: { value: service.activeState === 'active' } };
    }),
  };
}

function afterFile({ after }: Extract<Change, { kind: 'file' }>): FileFacts {
  return after === null ? { state: 'absent' } : { state: 'present', ...after, resolvedTo: null, writers: 'root' };
}

function afterService(before: ServiceFacts | undefined, { after }: Extract<Change, { kind: 'service' }>): ServiceFacts {
  if (before === undefined || after === null) throw new Error('a unit that is not there cannot change');
  return {
    ...before,
    activeState: after.active ? 'active' : 'inactive',
    links: after.links,
    masked: after.masked,
    unitFileState: after.masked ? 'masked' : after.links.length > 0 ? 'enabled' : 'disabled',
  };
}
