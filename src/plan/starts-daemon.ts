import type { HostPlan } from './plan.js';

/** Whether a plan starts or restarts this unit, so that its daemon reads its configuration anew. */
export function startsDaemon(
  { changes, actions }: Pick<HostPlan, 'changes' | 'actions'>,
  unit: string | null,
): boolean {
  return (
    actions.some(({ kind, name }) => kind === 'restart' && name === unit) ||
    changes.some((one) => one.kind === 'service' && one.name === unit && one.after?.active === true)
  );
}
