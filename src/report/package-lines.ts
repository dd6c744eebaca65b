import { assertNever } from '#errors/assert-never.js';
import { printable } from '#errors/printable.js';
import type { PackageChange, PackagePlan, PackageRequest } from '#packages/package-plan.js';
import { fieldLines } from './field.js';
import type { Drawing } from './paint.js';

/** What becomes of packages, each with its version and whether that can be undone, and what comes after. */
export function packageLines(plan: PackagePlan, drawing: Drawing): readonly string[] {
  return packageTexts(plan).flatMap(({ verb, text }) =>
    fieldLines({ label: verb, labelColour: 'bold', text: printable(text) }, drawing),
  );
}

/** The same as verbs and texts, for other ways of showing it. Texts are not printable yet: versions come from the host. */
export function packageTexts(plan: PackagePlan): readonly { readonly verb: string; readonly text: string }[] {
  const { unfinished, preview, requests, manager, when } = plan;
  return [
    ...unfinished.map((text) => ({ verb: 'finish', text: `package ${text}` })),
    ...(preview === null ? requests.map((one) => requestText(one, manager)) : preview.map(changeText)),
    ...(when === 'before-changes' ? [{ verb: 'then', text: AFTERWARDS }] : []),
  ];
}

const AFTERWARDS = 'look at the host again; what is to be changed then is planned, shown and approved by itself';

function requestText({ action, name, version }: PackageRequest, manager: string) {
  const which = version === null ? '' : ` ${version}`;
  return { verb: action, text: `package ${name}${which} (${manager} was not asked yet what else comes or goes)` };
}

function changeText({ name, before, after, undo }: PackageChange) {
  if (before === null) return { verb: 'install', text: `package ${name} ${after ?? ''}` };
  const back = undoText(undo);
  if (after === null) return { verb: 'remove', text: `package ${name} ${before}: ${back}` };
  return { verb: 'change', text: `package ${name} ${before} to ${after}: ${back}` };
}

function undoText(undo: PackageChange['undo']): string {
  switch (undo) {
    case 'possible':
      return 'this version can be had again for a rollback';
    case 'impossible':
      return 'NO ROLLBACK, this version is in no repository of the host any more';
    case 'unknown':
      return 'whether this version can be had again for a rollback is not known';
    default:
      return assertNever(undo);
  }
}
