import type { PackageManager } from '#facts/facts.js';
import type { RuleId } from '#resources/resource.js';

/**
 * What is to be asked of a host's package manager. Packages are no transaction: they are a phase of their own, without a guard,
 * shown and approved as such, with an undo as far as a repository allows (docs/user/packages.md).
 */
export interface PackagePlan {
  readonly manager: PackageManager;
  /** Installing comes before the changes, which are planned anew afterwards; taking back comes after them. */
  readonly when: 'before-changes' | 'after-changes';
  readonly because: RuleId;
  /** One sentence: why packages must come or go. */
  readonly reason: string;
  readonly requests: readonly PackageRequest[];
  /** Packages that a broken-off installation left half done: they are finished first. */
  readonly unfinished: readonly string[];
  /** What the host's own package manager says it would do, all of it; null: it was not asked yet, and nothing can be approved. */
  readonly preview: readonly PackageChange[] | null;
}

/** `remove`: with its configuration files. */
export interface PackageRequest {
  readonly action: 'install' | 'remove';
  readonly name: string;
  /** Exactly this one; null: the newest that the host's repositories have, or whatever is there. */
  readonly version: string | null;
}

/** One package before and after, as the manager writes its version; null = not there. */
export interface PackageChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Whether the version that goes can be had again. What is new is taken back by removing it. */
  readonly undo: 'possible' | 'impossible' | 'unknown';
}
