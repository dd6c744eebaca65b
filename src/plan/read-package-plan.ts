import type { PackageChange, PackagePlan, PackageRequest } from '#packages/package-plan.js';
import type { JsonObject } from '#resources/json-object.js';

/** The packages of a plan as JSON. Throws the error of the JSON's source, with the place of what is wrong. */
export function readPackagePlan(json: JsonObject | null): PackagePlan | null {
  if (json === null) return null;
  return {
    manager: json.oneOf('manager', ['apt', 'dnf', 'yum', 'zypper', 'tdnf', 'apk']),
    when: json.oneOf('when', ['before-changes', 'after-changes']),
    because: json.string('because'),
    reason: json.string('reason'),
    requests: json.objects('requests').map(readRequest),
    unfinished: json.strings('unfinished'),
    preview: json.nullableObjects('preview')?.map(readChange) ?? null,
  };
}

function readRequest(json: JsonObject): PackageRequest {
  return {
    action: json.oneOf('action', ['install', 'remove']),
    name: json.string('name'),
    version: json.nullableString('version'),
  };
}

function readChange(json: JsonObject): PackageChange {
  return {
    name: json.string('name'),
    before: json.nullableString('before'),
    after: json.nullableString('after'),
    undo: json.oneOf('undo', ['possible', 'impossible', 'unknown']),
  };
}
